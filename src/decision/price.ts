import type { MicroUsd, TokenClass, Usage } from '#core';
import { inputTokens, TOKEN_CLASSES } from '#core';
import type { Model, Price } from '#snapshot';

/** A class without a price of its own costs what the next class of the list costs. */
const FALLS_BACK_TO: Readonly<Record<TokenClass, TokenClass | null>> = {
  input: null,
  cacheRead: 'input',
  cacheWrite: 'input',
  cacheWrite1h: 'cacheWrite',
  output: null,
  reasoning: 'output',
  audioInput: 'input',
  audioOutput: 'output',
};

const PICO_PER_MICRO = 1_000_000n;

/** The row in force at an instant: the last whose `from` has come; before the first, the first. Null for an unpriced model. Pure. */
export function priceAt(model: Pick<Model, 'prices'> | null | undefined, atMs: number): Price | null {
  if (model === null || model === undefined) return null;
  let found: Price | null = model.prices[0] ?? null;
  for (const price of model.prices) if (price.fromMs <= atMs) found = price;
  return found;
}

/**
 * The prices of a request with so many input tokens, of all classes: those of the highest tier that it exceeds, else the row's own. A
 * tier prices the whole request, not only what is above it. Pure.
 */
export function tierOf(price: Price, inputTokenCount: number): Pick<Price, 'perMillion'> {
  let found: Pick<Price, 'perMillion'> = price;
  for (const tier of price.tiers) if (inputTokenCount > tier.aboveInputTokens) found = tier;
  return found;
}

/**
 * Micro-USD per million tokens of a class, which is pico-USD per token. A class the row does not name costs what a more general one
 * does: cache reads and five-minute writes as input, one-hour writes as five-minute ones, reasoning as output, audio as text of the
 * same direction. A row that names neither charges nothing for it (embeddings have no output). Pure.
 */
export function classPrice(price: Pick<Price, 'perMillion'>, tokenClass: TokenClass): MicroUsd {
  for (let name: TokenClass | null = tokenClass; name !== null; name = FALLS_BACK_TO[name]) {
    const own = price.perMillion[name];
    if (own !== null) return own;
  }
  return 0;
}

/** The price of one attempt in pico-USD, exact: Σ class × price of the tier that its input reaches, plus the call and the images made. Pure. */
export function picoCost(usage: Usage, price: Price, images = 0, calls = 1): bigint {
  let pico = 0n;
  const counts = wholeCounts(usage);
  const tier = tierOf(price, inputTokens(counts));
  for (const tokenClass of TOKEN_CLASSES) {
    const tokens = counts[tokenClass];
    if (tokens > 0) pico += BigInt(tokens) * BigInt(classPrice(tier, tokenClass));
  }
  const fixed = (price.requestMicroUsd ?? 0) * wholeNumber(calls) + (price.imageMicroUsd ?? 0) * wholeNumber(images);
  return pico + BigInt(fixed) * PICO_PER_MICRO;
}

/** Pico-USD as micro-USD, rounded half up. Pure. */
export function toMicroUsd(pico: bigint): MicroUsd {
  return Number((pico + PICO_PER_MICRO / 2n) / PICO_PER_MICRO);
}

/** What the tokens cost in micro-USD: exact, rounded half up once. Example: 130 input and 80 output tokens at 3 and 15 USD per million cost 1590. Pure. */
export function costOf(usage: Usage, price: Price, images = 0): MicroUsd {
  return toMicroUsd(picoCost(usage, price, images));
}

function wholeCounts(usage: Usage): Usage {
  return Object.fromEntries(TOKEN_CLASSES.map((name) => [name, wholeNumber(usage[name])])) as Record<
    TokenClass,
    number
  >;
}

/** Providers report what they like; a count that is no whole number from 0 is cut to one. */
function wholeNumber(count: number): number {
  return Number.isFinite(count) && count > 0 ? Math.floor(count) : 0;
}

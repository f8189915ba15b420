import { asNumber, type MicroUsd, type TokenClass } from '#core';
import type { Model, Price, Route } from '#snapshot';
import { type InputReader, inputBoundOf } from './input-bound.ts';
import { classPrice, priceAt, tierOf } from './price.ts';
import type { RequestFacts } from './types.ts';

/** The most one call can use. */
export interface WorstCase {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null without a price row. */
  readonly costMicroUsd: MicroUsd | null;
}

/** What the worst case depends on beside the request. */
export interface WorstCaseTarget extends InputReader {
  /** Null where nobody has set one. */
  readonly outputCap: number | null;
  readonly atMs: number;
}

/** The bound of a model that declares neither an output limit nor a context window, for a caller that sets none. */
const UNDECLARED_OUTPUT = 4096;
// A picture of high quality has 6240, three sketches before it 300 (platform.openai.com, image generation, 2026-11); newer models make larger ones.
const UNDECLARED_PICTURE = 16_384;

const INPUT_CLASSES = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h'] as const;
const WITHOUT_HOUR = ['input', 'cacheRead', 'cacheWrite'] as const;
const WITHOUT_WRITES = ['input', 'cacheRead'] as const;
const OUTPUT_CLASSES = ['output', 'reasoning', 'audioOutput'] as const;

/**
 * The worst case of one call: all input at the dearest input class (audio only when there is some), the output bound at the dearest
 * output class, at the dearest price tier that so much input can reach, once for each choice asked for. `outputCap` is the smallest bound anyone has set, null for none: then the model's own
 * limit, what is left of its context window, or 4096 tokens (16,384 for a picture). Pure.
 */
export function worstCaseOf(request: RequestFacts, route: Pick<Route, 'prompt'>, target: WorstCaseTarget): WorstCase {
  const { model, params, outputCap, atMs } = target;
  const choices = Math.max(1, asNumber(params.n ?? params.candidateCount) ?? request.choices ?? 1);
  const outputTokens = outputBound(request, model, outputCap) * choices;
  const inputTokens = inputBoundOf(request, route, target);
  const price = priceAt(model, atMs);
  if (price === null) return { inputTokens, outputTokens, costMicroUsd: null };
  const images = request.endpoint === 'images' ? choices * (price.imageMicroUsd ?? 0) : 0;
  // A bound is rounded up: holding a micro-dollar too much is safe, one too little is not.
  const classes = inputClasses(request, target);
  const tokens = Math.ceil(dearestTokens(request, price, classes, inputTokens, outputTokens) / 1_000_000);
  // A rerank of many documents is billed as several searches.
  const calls = request.endpoint === 'rerank' ? choices : 1;
  return { inputTokens, outputTokens, costMicroUsd: tokens + calls * (price.requestMicroUsd ?? 0) + images };
}

/**
 * The classes in which input can be billed. Only a marker in the body, or what policy sets, asks for an hour; other hosts may write for shorter of their own accord, but
 * Anthropic's and Amazon's interfaces do not. What a provider brings in by itself may be written as it likes.
 */
function inputClasses(
  { cacheWrites, inputTokensAtMost }: RequestFacts,
  { provider, params }: InputReader,
): readonly TokenClass[] {
  if (cacheWrites === undefined || cacheWrites === '1h' || inputTokensAtMost === null) return INPUT_CLASSES;
  for (const name in params) if (typeof params[name] === 'object') return INPUT_CLASSES;
  const writesUnasked = provider?.dialect !== 'anthropic-messages' && provider?.dialect !== 'bedrock-converse';
  return cacheWrites === '5m' || writesUnasked ? WITHOUT_HOUR : WITHOUT_WRITES;
}

/** Fewer tokens than the bound may fall into another tier, so each tier within reach counts with the most tokens that it prices. */
function dearestTokens(
  request: RequestFacts,
  price: Price,
  classes: readonly TokenClass[],
  inputTokens: number,
  outputTokens: number,
): number {
  const costAt = (tier: Pick<Price, 'perMillion'>, input: number) =>
    input * inputPrice(request, tier, classes) + outputTokens * dearest(tier, OUTPUT_CLASSES);
  let most = costAt(tierOf(price, inputTokens), inputTokens);
  if (request.inputTokensAtMost === undefined) return most;
  for (const { aboveInputTokens } of price.tiers) {
    if (aboveInputTokens < inputTokens)
      most = Math.max(most, costAt(tierOf(price, aboveInputTokens), aboveInputTokens));
  }
  return most;
}

/** Video is counted among documents, and its sound as audio. */
function inputPrice(
  { audio, documents }: RequestFacts,
  tier: Pick<Price, 'perMillion'>,
  classes: readonly TokenClass[],
): MicroUsd {
  return Math.max(dearest(tier, classes), audio + documents > 0 ? classPrice(tier, 'audioInput') : 0);
}

function dearest(tier: Pick<Price, 'perMillion'>, classes: readonly TokenClass[]): MicroUsd {
  let most = 0;
  for (const name of classes) most = Math.max(most, classPrice(tier, name));
  return most;
}

function outputBound(request: RequestFacts, model: Model | null, outputCap: number | null): number {
  if (request.endpoint === 'embeddings' || request.endpoint === 'moderations' || request.endpoint === 'rerank')
    return 0;
  if (outputCap !== null) return outputCap;
  if (model?.maxOutput != null) return model.maxOutput;
  // What the input leaves is certain only where the input is.
  const taken = request.inputTokensAtMost === undefined ? request.inputTokens : 0;
  if (model?.contextWindow != null) return Math.max(0, model.contextWindow - taken);
  return request.endpoint === 'images' ? UNDECLARED_PICTURE : UNDECLARED_OUTPUT;
}

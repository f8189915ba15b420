import { inputTokens, NO_USAGE, type Pieces, TOKEN_CLASSES, type Usage } from '#core';
import { classPrice, priceAt, tierOf } from '#decision';
import type { Model, Price } from '#snapshot';

/** Pico-USD of some usage, apart by direction, since the bands of an estimate differ. */
export interface PicoCost {
  readonly input: number;
  readonly output: number;
}

const PICO_PER_MICRO = 1_000_000;

type PricedRow = Pick<Price, 'perMillion'>;

/** Counts are recorded per class; the prices of a row are looked up once. */
const RATES = new WeakMap<PricedRow, readonly number[]>();

function ratesOf(price: PricedRow): readonly number[] {
  let rates = RATES.get(price);
  if (rates === undefined) {
    rates = TOKEN_CLASSES.map((name) => classPrice(price, name));
    RATES.set(price, rates);
  }
  return rates;
}

/**
 * What one call costs in pico-USD: the sum that `costOf` takes, in whole numbers while they are exact (below 9,007 USD for one request). The fixed
 * price of a call counts as input, pictures made as output. Pure.
 */
export function picoOf(usage: Partial<Usage>, price: Price, { images = 0, searchUnits = 1 }: Pieces = {}): PicoCost {
  const rates = ratesOf(price.tiers.length === 0 ? price : tierOf(price, inputTokens({ ...NO_USAGE, ...usage })));
  const [
    input = 0,
    cacheRead = 0,
    cacheWrite = 0,
    cacheWrite1h = 0,
    output = 0,
    reasoning = 0,
    audioIn = 0,
    audioOut = 0,
  ] = rates;
  return {
    input:
      count(usage.input) * input +
      count(usage.cacheRead) * cacheRead +
      count(usage.cacheWrite) * cacheWrite +
      count(usage.cacheWrite1h) * cacheWrite1h +
      count(usage.audioInput) * audioIn +
      (price.requestMicroUsd ?? 0) * count(searchUnits) * PICO_PER_MICRO,
    output:
      count(usage.output) * output +
      count(usage.reasoning) * reasoning +
      count(usage.audioOutput) * audioOut +
      (price.imageMicroUsd ?? 0) * count(images) * PICO_PER_MICRO,
  };
}

/** Pico-USD as micro-USD, rounded half up. Pure. */
export function microOf(pico: number): number {
  const raised = pico + PICO_PER_MICRO / 2;
  return (raised - (raised % PICO_PER_MICRO)) / PICO_PER_MICRO;
}

/** The price row of a model in force at an instant; null for an unknown or unpriced one. Pure. */
export function priceOf(model: Model | undefined, atMs: number): Price | null {
  return priceAt(model, atMs);
}

function count(amount: number | undefined): number {
  return amount !== undefined && amount > 0 && Number.isFinite(amount) ? Math.floor(amount) : 0;
}

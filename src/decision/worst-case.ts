import type { MicroUsd, TokenClass } from '#core';
import type { Model, Price } from '#snapshot';
import { classPrice, priceAt, tierOf } from './price.ts';
import type { RequestFacts } from './types.ts';

/** The most one call can use. */
export interface WorstCase {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null without a price row. */
  readonly costMicroUsd: MicroUsd | null;
}

/** The bound of a model that declares neither an output limit nor a context window, for a caller that sets none. */
const UNDECLARED_OUTPUT = 4096;

const INPUT_CLASSES = ['input', 'cacheRead', 'cacheWrite', 'cacheWrite1h'] as const;
const OUTPUT_CLASSES = ['output', 'reasoning', 'audioOutput'] as const;

/**
 * The worst case of one call: all input at the dearest input class (audio only when there is some), the output bound at the dearest
 * output class, at the price tier that the input reaches, once for each choice asked for. `outputCap` is the smallest bound anyone has set, null for none: then the model's own
 * limit, what is left of its context window, or 4096 tokens. Pure.
 */
export function worstCaseOf(
  request: RequestFacts,
  model: Model | null,
  outputCap: number | null,
  atMs: number,
): WorstCase {
  const choices = Math.max(1, request.choices ?? 1);
  const outputTokens = outputBound(request, model, outputCap) * choices;
  const inputTokens = request.inputTokens;
  const price = priceAt(model, atMs);
  if (price === null) return { inputTokens, outputTokens, costMicroUsd: null };
  const tier = tierOf(price, inputTokens);
  const audioPrice = request.audio > 0 ? classPrice(tier, 'audioInput') : 0;
  const inputPrice = Math.max(dearest(tier, INPUT_CLASSES), audioPrice);
  const outputPrice = dearest(tier, OUTPUT_CLASSES);
  const images = request.endpoint === 'images' ? choices * (price.imageMicroUsd ?? 0) : 0;
  // A bound is rounded up: holding a micro-dollar too much is safe, one too little is not.
  const tokens = Math.ceil((inputTokens * inputPrice + outputTokens * outputPrice) / 1_000_000);
  return { inputTokens, outputTokens, costMicroUsd: tokens + (price.requestMicroUsd ?? 0) + images };
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
  if (model?.contextWindow != null) return Math.max(0, model.contextWindow - request.inputTokens);
  return UNDECLARED_OUTPUT;
}

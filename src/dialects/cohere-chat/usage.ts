import { asNumber, asObject, inputTokens, isObject, type JsonObject, NO_USAGE, outputTokens, type Usage } from '#core';

/**
 * Reads `usage`. `tokens` counts the provider's own hidden prompt too; `billed_units` is what costs money, and where both
 * are told it counts. Cached tokens are mostly of the hidden prompt, so they are told apart only where nothing is hidden.
 */
export function readUsageField(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const tokens = asObject(value.tokens);
  const billed = asObject(value.billed_units);
  const input = asNumber(billed.input_tokens) ?? asNumber(tokens.input_tokens);
  const output = asNumber(billed.output_tokens) ?? asNumber(tokens.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const isAllBilled = asNumber(tokens.input_tokens) === input;
  const cacheRead = isAllBilled ? share(value.cached_tokens, input ?? 0) : 0;
  const reasoning = share(tokens.reasoning_tokens, output ?? 0);
  return { ...NO_USAGE, input: (input ?? 0) - cacheRead, cacheRead, output: (output ?? 0) - reasoning, reasoning };
}

function share(value: unknown, most: number): number {
  return Math.min(Math.max(0, asNumber(value) ?? 0), most);
}

/** Writes `usage`. */
export function writeUsageField(usage: Usage): JsonObject {
  const figures = { input_tokens: inputTokens(usage), output_tokens: outputTokens(usage) };
  return {
    billed_units: figures,
    tokens: { ...figures, ...(usage.reasoning > 0 ? { reasoning_tokens: usage.reasoning } : {}) },
    ...(usage.cacheRead > 0 ? { cached_tokens: usage.cacheRead } : {}),
  };
}

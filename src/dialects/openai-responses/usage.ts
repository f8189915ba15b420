import { asNumber, asObject, inputTokens, type JsonObject, NO_USAGE, outputTokens, type Usage } from '#core';

/** Reads `usage` into disjoint classes; undefined where there is none. Details are subsets of the two figures. */
export function readUsageField(value: unknown): Usage | undefined {
  const usage = asObject(value);
  const input = asNumber(usage.input_tokens);
  const output = asNumber(usage.output_tokens);
  if (input === undefined && output === undefined) return undefined;
  const inDetails = asObject(usage.input_tokens_details);
  const all = Math.max(0, input ?? 0);
  const cacheRead = share(inDetails.cached_tokens, all);
  const cacheWrite = share(inDetails.cache_write_tokens, all - cacheRead);
  const spoken = Math.max(0, output ?? 0);
  const reasoning = share(asObject(usage.output_tokens_details).reasoning_tokens, spoken);
  return {
    ...NO_USAGE,
    input: all - cacheRead - cacheWrite,
    cacheRead,
    cacheWrite,
    output: spoken - reasoning,
    reasoning,
  };
}

function share(value: unknown, most: number): number {
  return Math.min(Math.max(0, asNumber(value) ?? 0), most);
}

/** Writes `usage`: the total is the sum. */
export function writeUsageField(usage: Usage): JsonObject {
  const input = inputTokens(usage);
  const output = outputTokens(usage);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite + usage.cacheWrite1h },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: input + output,
  };
}

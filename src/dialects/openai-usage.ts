import { asNumber, asObject, inputTokens, type JsonObject, outputTokens, type Usage } from '#core';

/**
 * Reads `usage` into disjoint classes; undefined where there is none. `prompt_tokens` counts all input, cached and audio
 * tokens included; `completion_tokens` all output, reasoning included, except at hosts (xAI) whose total shows that
 * reasoning comes on top. Cached tokens also as DeepSeek and Moonshot spell them, cache writes as OpenRouter does.
 */
export function readUsageField(value: unknown): Usage | undefined {
  const usage = asObject(value);
  const prompt = asNumber(usage.prompt_tokens);
  const completion = asNumber(usage.completion_tokens);
  if (prompt === undefined && completion === undefined) return undefined;
  const inDetails = asObject(usage.prompt_tokens_details);
  const outDetails = asObject(usage.completion_tokens_details);
  const first = (...values: readonly unknown[]) => values.map(asNumber).find((figure) => figure !== undefined) ?? 0;
  const input = split(prompt ?? 0, [
    first(inDetails.cached_tokens, usage.prompt_cache_hit_tokens, usage.cached_tokens),
    first(inDetails.cache_write_tokens),
    first(inDetails.audio_tokens),
  ]);
  const reasoning = first(outDetails.reasoning_tokens, usage.reasoning_tokens);
  const isOnTop =
    reasoning > (completion ?? 0) ||
    (reasoning > 0 && asNumber(usage.total_tokens) === (prompt ?? 0) + (completion ?? 0) + reasoning);
  const output = split((completion ?? 0) + (isOnTop ? reasoning : 0), [reasoning, first(outDetails.audio_tokens)]);
  return {
    input: input.rest,
    cacheRead: input.parts[0] ?? 0,
    cacheWrite: input.parts[1] ?? 0,
    cacheWrite1h: 0,
    output: output.rest,
    reasoning: output.parts[0] ?? 0,
    audioInput: input.parts[2] ?? 0,
    audioOutput: output.parts[1] ?? 0,
  };
}

/** Takes the parts off a total in order; details that overlap (cached audio) never make the sum exceed it. */
function split(total: number, parts: readonly number[]): { readonly rest: number; readonly parts: readonly number[] } {
  let rest = Math.max(0, total);
  const taken = parts.map((part) => {
    const share = Math.min(Math.max(0, part), rest);
    rest -= share;
    return share;
  });
  return { rest, parts: taken };
}

/** Writes `usage`: the total is the sum, and details are subsets of the two figures. */
export function writeUsageField(usage: Usage): JsonObject {
  const prompt = inputTokens(usage);
  const completion = outputTokens(usage);
  const cacheWrite = usage.cacheWrite + usage.cacheWrite1h;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: usage.cacheRead,
      audio_tokens: usage.audioInput,
      ...(cacheWrite > 0 ? { cache_write_tokens: cacheWrite } : {}),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: usage.audioOutput },
  };
}

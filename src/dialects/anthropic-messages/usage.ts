import { asNumber, inputTokens, isObject, type JsonObject, outputTokens, type Usage } from '#core';

/**
 * Reads an Anthropic usage object. Its classes are disjoint already: `input_tokens` excludes cached ones, and
 * `cache_creation` splits `cache_creation_input_tokens` by lifetime. `output_tokens` includes thinking, which is told
 * apart only where `output_tokens_details` says so. Undefined when there is none. Pure.
 */
export function usageOf(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const output = count(value.output_tokens);
  const split = isObject(value.cache_creation) ? value.cache_creation : {};
  const written = Math.max(
    count(value.cache_creation_input_tokens),
    count(split.ephemeral_5m_input_tokens) + count(split.ephemeral_1h_input_tokens),
  );
  const cacheWrite1h = Math.min(written, count(split.ephemeral_1h_input_tokens));
  const details = isObject(value.output_tokens_details) ? value.output_tokens_details : {};
  const reasoning = Math.min(output, count(details.thinking_tokens));
  return {
    input: count(value.input_tokens),
    cacheRead: count(value.cache_read_input_tokens),
    cacheWrite: written - cacheWrite1h,
    cacheWrite1h,
    output: output - reasoning,
    reasoning,
    audioInput: 0,
    audioOutput: 0,
  };
}

function count(value: unknown): number {
  return Math.max(0, Math.round(asNumber(value) ?? 0));
}

/** Writes a usage object; audio counts as plain input and output, which is all this dialect has. Pure. */
export function writeUsage(usage: Usage): JsonObject {
  const written = usage.cacheWrite + usage.cacheWrite1h;
  return {
    input_tokens: inputTokens(usage) - usage.cacheRead - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: usage.cacheWrite, ephemeral_1h_input_tokens: usage.cacheWrite1h },
    output_tokens: outputTokens(usage),
    ...(usage.reasoning > 0 ? { output_tokens_details: { thinking_tokens: usage.reasoning } } : {}),
  };
}

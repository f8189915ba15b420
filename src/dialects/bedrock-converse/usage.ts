import { asArray, asNumber, asObject, isObject, type JsonObject, NO_USAGE, outputTokens, type Usage } from '#core';

/** Reads `usage`. `inputTokens` are the fresh ones; reasoning is part of `outputTokens` and not told apart. Pure. */
export function readUsageField(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const input = asNumber(value.inputTokens);
  const output = asNumber(value.outputTokens);
  if (input === undefined && output === undefined) return undefined;
  const written = count(value.cacheWriteInputTokens ?? value.cacheWriteInputTokenCount);
  const long = Math.min(
    written,
    asArray(value.cacheDetails)
      .map(asObject)
      .reduce((sum, { ttl, inputTokens }) => sum + (ttl === '1h' ? count(inputTokens) : 0), 0),
  );
  return {
    ...NO_USAGE,
    input: count(input),
    cacheRead: count(value.cacheReadInputTokens ?? value.cacheReadInputTokenCount),
    cacheWrite: written - long,
    cacheWrite1h: long,
    output: count(output),
  };
}

function count(value: unknown): number {
  return Math.max(0, asNumber(value) ?? 0);
}

/** Writes `usage`; the total covers every class. Pure. */
export function writeUsageField(usage: Usage): JsonObject {
  const inputTokens = usage.input + usage.audioInput;
  const written = usage.cacheWrite + usage.cacheWrite1h;
  const details = [
    { ttl: '1h', inputTokens: usage.cacheWrite1h },
    { ttl: '5m', inputTokens: usage.cacheWrite },
  ].filter((detail) => detail.inputTokens > 0);
  return {
    inputTokens,
    outputTokens: outputTokens(usage),
    totalTokens: inputTokens + usage.cacheRead + written + outputTokens(usage),
    ...(usage.cacheRead + written > 0 ? { cacheReadInputTokens: usage.cacheRead, cacheWriteInputTokens: written } : {}),
    ...(usage.cacheWrite1h > 0 ? { cacheDetails: details } : {}),
  };
}

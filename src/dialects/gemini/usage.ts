import { asArray, asNumber, asObject, inputTokens, isObject, type JsonObject, outputTokens, type Usage } from '#core';
import { fieldOf } from './spelling.ts';

/**
 * Reads `usageMetadata` into disjoint classes. `promptTokenCount` holds the cached tokens, `toolUsePromptTokenCount` and
 * `thoughtsTokenCount` stand beside it and beside `candidatesTokenCount`; audio is told by modality only. Undefined when
 * no count was sent: missing is not zero. Pure.
 */
export function readUsageMetadata(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const count = (name: string) => asNumber(fieldOf(value, name));
  const prompt = count('promptTokenCount');
  const candidates = count('candidatesTokenCount');
  if (prompt === undefined && candidates === undefined && count('totalTokenCount') === undefined) return undefined;
  const cacheRead = count('cachedContentTokenCount') ?? 0;
  const promptAudio = audioTokens(value, 'promptTokensDetails') - audioTokens(value, 'cacheTokensDetails');
  const audioInput = Math.max(0, promptAudio) + audioTokens(value, 'toolUsePromptTokensDetails');
  const audioOutput = audioTokens(value, 'candidatesTokensDetails');
  return {
    input: Math.max(0, (prompt ?? 0) + (count('toolUsePromptTokenCount') ?? 0) - cacheRead - audioInput),
    cacheRead,
    cacheWrite: 0,
    cacheWrite1h: 0,
    output: Math.max(0, (candidates ?? 0) - audioOutput),
    reasoning: count('thoughtsTokenCount') ?? 0,
    audioInput,
    audioOutput,
  };
}

/** Vertex AI writes enums as numbers when asked with `enum-encoding=int`: AUDIO is 4. */
function audioTokens(usage: JsonObject, name: string): number {
  let sum = 0;
  for (const item of asArray(fieldOf(usage, name))) {
    const { modality, tokenCount, token_count: snakeCount } = asObject(item);
    if (modality === 'AUDIO' || modality === 4) sum += asNumber(tokenCount ?? snakeCount) ?? 0;
  }
  return sum;
}

/** Writes `usageMetadata`: the total is the sum of what stands in it. Pure. */
export function writeUsageMetadata(usage: Usage): JsonObject {
  const prompt = inputTokens(usage);
  const candidates = usage.output + usage.audioOutput;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    totalTokenCount: prompt + outputTokens(usage),
    ...(usage.cacheRead > 0 ? { cachedContentTokenCount: usage.cacheRead } : {}),
    ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
    ...(usage.audioInput > 0 ? { promptTokensDetails: details(prompt, usage.audioInput) } : {}),
    ...(usage.audioOutput > 0 ? { candidatesTokensDetails: details(candidates, usage.audioOutput) } : {}),
  };
}

function details(total: number, audio: number): readonly JsonObject[] {
  return [
    { modality: 'TEXT', tokenCount: total - audio },
    { modality: 'AUDIO', tokenCount: audio },
  ];
}

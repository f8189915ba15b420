import { asNumber, inputTokens, type JsonObject, NO_USAGE, outputTokens, type Usage } from '#core';

/** Reads the counts of a last chunk. Older servers leave out the prompt's when it was cached: then nothing is known. */
export function readUsageFields(body: JsonObject): Usage | undefined {
  const input = asNumber(body.prompt_eval_count);
  if (input === undefined) return undefined;
  return { ...NO_USAGE, input, output: asNumber(body.eval_count) ?? 0 };
}

/** Writes the counts. */
export function writeUsageFields(usage: Usage | undefined): JsonObject {
  if (usage === undefined) return {};
  return { prompt_eval_count: inputTokens(usage), eval_count: outputTokens(usage) };
}

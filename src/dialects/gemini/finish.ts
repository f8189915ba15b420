import type { Finish, FinishReason } from '#core';

/** Every reason of the API (v1beta and Vertex v1, read 2026-11 in the types of @google/genai 3.3.0). */
const REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  JAILBREAK: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  MALFORMED_FUNCTION_CALL: 'malformed-tool-call',
  UNEXPECTED_TOOL_CALL: 'malformed-tool-call',
  CONTINUATION: 'pause',
  LANGUAGE: 'other',
  OTHER: 'other',
};

// By number, as Vertex AI writes enums when asked with `enum-encoding=int` (google.cloud.aiplatform.v1.Candidate).
const BY_NUMBER: readonly string[] = [
  'FINISH_REASON_UNSPECIFIED',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'MALFORMED_FUNCTION_CALL',
  'MODEL_ARMOR',
];

/** The word of a `finishReason`, which may be a number; undefined where the candidate has not finished. Pure. */
export function finishWord(value: unknown): string | undefined {
  if (typeof value === 'number') return value === 0 ? undefined : (BY_NUMBER[value] ?? String(value));
  return typeof value === 'string' && value !== '' && value !== 'FINISH_REASON_UNSPECIFIED' ? value : undefined;
}

/** The neutral finish; Gemini says STOP where it calls tools. Pure. */
export function readFinish(word: string, hasToolCalls: boolean): Finish {
  const reason = (Object.hasOwn(REASONS, word) ? REASONS[word] : undefined) ?? 'other';
  return { reason: reason === 'stop' && hasToolCalls ? 'tool-calls' : reason, raw: word };
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  // Gemini has no word for a model that declines by itself; clients treat SAFETY alike.
  refusal: 'SAFETY',
  'stop-sequence': 'STOP',
  pause: 'OTHER',
  'context-window': 'MAX_TOKENS',
  'malformed-tool-call': 'MALFORMED_FUNCTION_CALL',
  other: 'OTHER',
};

/** The `finishReason` of a finish: the provider's own word where that was Gemini's. Pure. */
export function writeFinish(finish: Finish): string {
  const { raw, reason } = finish;
  const isOwn = raw !== undefined && Object.hasOwn(REASONS, raw) && (REASONS[raw] === reason || raw === 'STOP');
  return isOwn && (raw !== 'STOP' || WORDS[reason] === 'STOP') ? raw : WORDS[reason];
}

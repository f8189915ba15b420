import type { Finish, FinishReason } from '#core';

const REASONS: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop-sequence',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  // Words of version 1.
  ERROR_TOXIC: 'content-filter',
  ERROR_LIMIT: 'context-window',
};

/** Reads `finish_reason`; calls tell themselves. */
export function readFinish(word: string | undefined, hasCalls: boolean): Finish {
  const known = word === undefined ? undefined : REASONS[word];
  const raw = word === undefined ? {} : { raw: word };
  if (hasCalls && (known === 'stop' || known === undefined)) return { reason: 'tool-calls', ...raw };
  return { reason: known ?? 'other', ...raw };
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'COMPLETE',
  'stop-sequence': 'STOP_SEQUENCE',
  length: 'MAX_TOKENS',
  'context-window': 'MAX_TOKENS',
  pause: 'MAX_TOKENS',
  'malformed-tool-call': 'ERROR',
  'tool-calls': 'TOOL_CALL',
  'content-filter': 'ERROR_TOXIC',
  refusal: 'ERROR_TOXIC',
  other: 'ERROR',
};

/** Writes `finish_reason`. */
export function writeFinish({ reason }: Finish): string {
  return WORDS[reason];
}

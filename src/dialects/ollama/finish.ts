import type { Finish, FinishReason } from '#core';

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  // Only this gateway writes it, for answers of other providers.
  content_filter: 'content-filter',
};

/** Reads `done_reason`; calls end in `stop`. */
export function readFinish(word: string | undefined, hasCalls: boolean): Finish {
  const known = word === undefined ? undefined : REASONS[word];
  const raw = word === undefined ? {} : { raw: word };
  if (hasCalls && (known === 'stop' || known === undefined)) return { reason: 'tool-calls', ...raw };
  return { reason: known ?? 'other', ...raw };
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  'tool-calls': 'stop',
  length: 'length',
  'context-window': 'length',
  pause: 'length',
  'malformed-tool-call': 'length',
  'content-filter': 'content_filter',
  refusal: 'content_filter',
  other: 'stop',
};

/** Writes `done_reason`, which is an open list. */
export function writeFinish({ reason }: Finish): string {
  return WORDS[reason];
}

import type { Finish, FinishReason } from '#core';

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  eos: 'stop',
  length: 'length',
  content_filter: 'content-filter',
};

/** Reads `finish_reason`. */
export function readFinish(word: string | undefined): Finish {
  return { reason: REASONS[word ?? ''] ?? 'other', ...(word ? { raw: word } : {}) };
}

/** Writes `finish_reason` in the API's closed list. */
export function writeFinish({ reason }: Finish): string {
  if (reason === 'content-filter' || reason === 'refusal') return 'content_filter';
  return reason === 'length' || reason === 'context-window' || reason === 'pause' ? 'length' : 'stop';
}

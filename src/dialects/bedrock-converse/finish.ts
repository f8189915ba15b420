import type { Finish, FinishReason } from '#core';

const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  tool_use: 'tool-calls',
  guardrail_intervened: 'content-filter',
  content_filtered: 'content-filter',
  malformed_tool_use: 'malformed-tool-call',
  malformed_model_output: 'other',
  model_context_window_exceeded: 'context-window',
};

/** Reads `stopReason`; calls tell themselves where it says that the turn ended. Pure. */
export function readFinish(word: string | undefined, hasCalls: boolean): Finish {
  const known = word === undefined ? undefined : REASONS[word];
  const raw = word === undefined ? {} : { raw: word };
  if (hasCalls && (known === 'stop' || known === undefined)) return { reason: 'tool-calls', ...raw };
  return { reason: known ?? 'other', ...raw };
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'content_filtered',
  refusal: 'content_filtered',
  'malformed-tool-call': 'malformed_tool_use',
  'context-window': 'model_context_window_exceeded',
  // Whoever gets it shall not take the turn for whole.
  pause: 'max_tokens',
  other: 'malformed_model_output',
};

/** Writes `stopReason`; the provider's own word where it was one of these. Pure. */
export function writeFinish({ reason, raw }: Finish): string {
  return raw !== undefined && Object.hasOwn(REASONS, raw) && REASONS[raw] === reason ? raw : WORDS[reason];
}

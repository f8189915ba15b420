import { asString, type Finish, type FinishReason } from '#core';

const REASONS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  max_tokens: 'length',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  refusal: 'refusal',
  model_context_window_exceeded: 'context-window',
};

/** Reads `stop_reason` and `stop_sequence`; words of a later API stay visible in `raw`. Pure. */
export function finishOf(stopReason: unknown, stopSequence: unknown): Finish {
  const raw = asString(stopReason);
  const sequence = asString(stopSequence);
  const reason = (raw === undefined ? undefined : REASONS[raw]) ?? 'other';
  return { reason, ...(raw === undefined ? {} : { raw }), ...(sequence === undefined ? {} : { sequence }) };
}

const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'refusal',
  refusal: 'refusal',
  'stop-sequence': 'stop_sequence',
  pause: 'pause_turn',
  'context-window': 'model_context_window_exceeded',
  'malformed-tool-call': 'end_turn',
  other: 'end_turn',
};

export interface StopFields {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
  readonly stop_details: { readonly type: string; readonly category: null; readonly explanation: string | null } | null;
}

/**
 * Writes the stop fields. Where this dialect has no word of its own, `stop_details` keeps the provider's, so that a
 * filtered answer or a broken tool call does not look like a plain end. Pure.
 */
export function writeStop(finish: Finish, hasToolCalls: boolean): StopFields {
  const reason = finish.reason === 'stop' && hasToolCalls ? 'tool-calls' : finish.reason;
  const told = reason === 'content-filter' || reason === 'malformed-tool-call' || reason === 'other';
  const type = STOP_REASONS[reason] === 'refusal' ? 'refusal' : reason.replaceAll('-', '_');
  return {
    stop_reason: STOP_REASONS[reason],
    stop_sequence: reason === 'stop-sequence' ? (finish.sequence ?? null) : null,
    stop_details: told ? { type, category: null, explanation: finish.raw ?? null } : null,
  };
}

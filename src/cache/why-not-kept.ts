import type { FinishReason, NeutralRequest, NeutralResponse } from '#core';
import type { Cache } from '#snapshot';

/** Why an answer is not kept. */
export type NotKept = 'finish' | 'empty' | 'tool-calls' | 'opaque' | 'logprobs' | 'degraded' | 'dropped';

/** Only these mean that the model has said what it had to say. */
const WHOLE: ReadonlySet<FinishReason> = new Set(['stop', 'stop-sequence', 'tool-calls']);

/**
 * Why an answer is not kept, or null when it may be: only a complete, successful one in full, that every dialect can say again, from the tier that was
 * asked for. Size is the store's matter. Pure.
 */
export function whyNotKept(
  cache: Pick<Cache, 'keepToolCalls'>,
  request: Pick<NeutralRequest, 'logprobs'>,
  response: NeutralResponse,
  served: { readonly isDegraded: boolean; readonly dropped: readonly string[] },
): NotKept | null {
  if (served.isDegraded) return 'degraded';
  if (served.dropped.length > 0) return 'dropped';
  // The neutral form of an answer has no place for them.
  if (request.logprobs !== undefined) return 'logprobs';
  if (response.choices.length === 0) return 'empty';
  for (const { content, finish } of response.choices) {
    if (!WHOLE.has(finish.reason)) return 'finish';
    const kinds = new Set(content.map(({ kind }) => kind));
    if (kinds.has('refusal')) return 'finish';
    if (kinds.has('opaque') || kinds.has('audio')) return 'opaque';
    if ((kinds.has('tool-call') || finish.reason === 'tool-calls') && !cache.keepToolCalls) return 'tool-calls';
    const hasWords = content.some((part) => (part.kind === 'text' ? part.text !== '' : part.kind !== 'reasoning'));
    if (!hasWords) return 'empty';
  }
  return null;
}

import { asNumber, inputTokens, type NeutralResponse, NO_USAGE, type StreamError } from '#core';

const KEY = 'countedTokens';

/** The answer to "how many tokens is this": it has no content and costs nothing. Pure. */
export function countAnswer(tokens: number): NeutralResponse {
  const choices = [{ index: 0, content: [], finish: { reason: 'stop' as const } }];
  return { id: '', model: '', choices, usage: NO_USAGE, extra: { [KEY]: tokens } };
}

/** The count in such an answer. Pure. */
export function countIn(response: NeutralResponse): number {
  return asNumber(response.extra[KEY]) ?? 0;
}

/** An answer that was made for its count alone, as one: what its prompt used is the count, and nothing is charged. Pure. */
export function asCount(response: NeutralResponse | StreamError): NeutralResponse | StreamError {
  return 'reason' in response ? response : countAnswer(inputTokens(response.usage ?? NO_USAGE));
}

import type { OutcomeReason } from '#core';

/** Every way an attempt can fail: without a list of its own, Portkey falls back on whatever is no success, refusals of the request included. */
export const EVERY_REASON: readonly OutcomeReason[] = Object.freeze([
  'rate-limit',
  'server-error',
  'timeout',
  'network',
  'auth',
  'malformed',
  'context-overflow',
  'stream-error',
  'content-filter',
  'invalid-request',
]);

/**
 * The reasons that a list of HTTP statuses stands for. A status widens to the reason it belongs to: 503 stands for every server error, since a chain
 * knows outcomes and not statuses. A failed connection counts as a server error, as it does in Portkey. Pure.
 */
export function reasonsOf(statuses: readonly number[]): readonly OutcomeReason[] {
  return [...new Set(statuses.flatMap(reasonsOfStatus))];
}

function reasonsOfStatus(status: number): readonly OutcomeReason[] {
  if (status === 429) return ['rate-limit'];
  if (status === 401 || status === 403) return ['auth'];
  if (status === 408 || status === 504) return ['timeout', 'server-error'];
  if (status >= 500) return ['server-error', 'network', 'malformed', 'stream-error'];
  if (status === 413) return ['context-overflow', 'invalid-request'];
  return ['invalid-request', 'content-filter', 'context-overflow'];
}

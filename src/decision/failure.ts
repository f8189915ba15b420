import type { ErrorCode } from '#core';
import type { Attempt, Next } from './types.ts';

/** What the caller is told of a request that was given up. */
export interface Failure {
  readonly code: ErrorCode;
  readonly status: number;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/**
 * What giving up means for the caller: `upstream_rejected` with the provider's status (400 without one) when the request itself was refused, else
 * `chain_exhausted` with the last upstream status, 502 when there was none, 504 on the deadline. Pure.
 */
export function failureOf(next: Extract<Next, { kind: 'give-up' }>, trail: readonly Attempt[]): Failure {
  const { because, last } = next;
  if (because === 'request-refused') {
    const message = `${last?.target ?? 'the provider'} refused the request (${last?.outcome ?? 'invalid-request'})`;
    return { code: 'upstream_rejected', status: errorStatus(last?.status) ?? 400, message, retryAfterMs: null };
  }
  const tried = trail.map(
    ({ target, outcome, status }) => `${target} ${outcome}${status === null ? '' : ` (${status})`}`,
  );
  const all = tried.length === 0 ? 'no target was tried' : `all attempts failed: ${tried.join(', ')}`;
  const message = `${all}${because === 'deadline' ? '; the deadline is over' : because === 'attempts' ? '; no attempt is left' : ''}`;
  const status = because === 'deadline' ? 504 : (lastStatus(trail) ?? 502);
  return {
    code: 'chain_exhausted',
    status,
    message,
    retryAfterMs: status === 429 ? (last?.retryAfterMs ?? null) : null,
  };
}

function lastStatus(trail: readonly Attempt[]): number | null {
  for (const { status } of trail.toReversed()) {
    const found = errorStatus(status);
    if (found !== null) return found;
  }
  return null;
}

/** An error inside a 200 has no status of its own. */
function errorStatus(status: number | null | undefined): number | null {
  return status != null && status >= 400 ? status : null;
}

import type { Breaker } from '#snapshot';
import type { Attempt } from './types.ts';

/** The circuit breaker of one target. Times in ms since 1970. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly failuresAtMs: readonly number[] }
  | { readonly kind: 'open'; readonly untilMs: number }
  /** One call is under way to find out; the others wait for it, at most until `untilMs`. */
  | { readonly kind: 'probing'; readonly untilMs: number };

/** What a breaker is told. */
export type BreakerEvent =
  /** A call is about to start; only after `breakerView` let it through. */
  | { readonly kind: 'started' }
  | { readonly kind: 'success' }
  | { readonly kind: 'failure' }
  /** The call said nothing about the target's health. */
  | { readonly kind: 'ignored' };

/** A breaker that has seen nothing. */
export const CLOSED_BREAKER: BreakerState = Object.freeze({ kind: 'closed', failuresAtMs: Object.freeze([]) });

/**
 * The breaker after an event. `failures` in a row within `withinMs` open it (a success in between starts the count anew, so that a busy target with a few
 * errors stays in use); after `openForMs` one call may try: its success closes the breaker, its failure opens it for as long again. A probe that never
 * comes back counts as lost after `openForMs`. Pure.
 */
export function advanceBreaker(state: BreakerState, event: BreakerEvent, policy: Breaker, nowMs: number): BreakerState {
  switch (event.kind) {
    case 'started':
      return state.kind !== 'closed' && nowMs >= state.untilMs
        ? { kind: 'probing', untilMs: nowMs + policy.openForMs }
        : state;
    case 'success':
      // A call that started before the breaker opened proves nothing about the time since.
      return state.kind === 'open' && nowMs < state.untilMs ? state : CLOSED_BREAKER;
    case 'failure':
      return afterFailure(state, policy, nowMs);
    case 'ignored':
      // The probe told nothing, so the next call may be one.
      return state.kind === 'probing' ? { kind: 'open', untilMs: nowMs } : state;
  }
}

function afterFailure(state: BreakerState, policy: Breaker, nowMs: number): BreakerState {
  if (state.kind === 'probing') return { kind: 'open', untilMs: nowMs + policy.openForMs };
  if (state.kind === 'open') return state;
  const recent = state.failuresAtMs.filter((atMs) => atMs > nowMs - policy.withinMs);
  const failuresAtMs = [...recent, nowMs];
  if (failuresAtMs.length >= policy.failures) return { kind: 'open', untilMs: nowMs + policy.openForMs };
  return { kind: 'closed', failuresAtMs };
}

/** What a decision sees of a breaker: `open` refuses, `half-open` lets one call through. Pure. */
export function breakerView(state: BreakerState, nowMs: number): 'closed' | 'open' | 'half-open' {
  if (state.kind === 'closed') return 'closed';
  return nowMs >= state.untilMs ? 'half-open' : 'open';
}

const HEALTH: Readonly<Record<Attempt['outcome'], 'success' | 'failure' | 'ignored'>> = {
  ok: 'success',
  'server-error': 'failure',
  timeout: 'failure',
  network: 'failure',
  malformed: 'failure',
  'stream-error': 'failure',
  // The provider answers; it is our quota that is used up, and Retry-After says when it is not.
  'rate-limit': 'ignored',
  // About the key, which with a pool or a caller's own key is not the target.
  auth: 'ignored',
  // About the request: the provider is well, but nothing was generated either.
  'context-overflow': 'ignored',
  'content-filter': 'ignored',
  'invalid-request': 'ignored',
  cancelled: 'ignored',
};

/** What the outcome of an attempt says about its target's health: failures are server-error, timeout, network, malformed and stream-error. Pure. */
export function healthOf(outcome: Attempt['outcome']): 'success' | 'failure' | 'ignored' {
  return HEALTH[outcome];
}

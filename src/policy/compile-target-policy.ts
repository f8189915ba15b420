import type { Breaker, BreakerSpec, Retry, RetrySpec, TargetPolicy, Timeouts, TimeoutsSpec } from '#snapshot';
import { toMs, toMsOrNull } from './compile-quantities.ts';

/** Timeouts, retry and breaker as a target, a chain's defaults or the project's defaults write them. */
export interface TargetPolicySpec {
  readonly timeouts?: TimeoutsSpec;
  readonly retry?: RetrySpec;
  readonly breaker?: BreakerSpec;
}

/**
 * How a target is called: each field from the first layer that gives it (target, chain, project). Absent timeouts stay null, without any `retry`
 * nothing is retried, without any `breaker` there is none. Pure.
 */
export function compileTargetPolicy(layers: readonly (TargetPolicySpec | undefined)[]): TargetPolicy {
  return {
    timeouts: compileTimeouts(layered(layers.map((layer) => layer?.timeouts))),
    retry: compileRetry(layered(layers.map((layer) => layer?.retry))),
    breaker: layers.some((layer) => layer?.breaker)
      ? compileBreaker(layered(layers.map((layer) => layer?.breaker)))
      : null,
  };
}

function layered<Spec extends object>(layers: readonly (Spec | undefined)[]): Partial<Spec> {
  return Object.assign({}, ...layers.toReversed());
}

function compileTimeouts(spec: Partial<TimeoutsSpec>): Timeouts {
  return {
    connectMs: toMsOrNull(spec.connect),
    firstTokenMs: toMsOrNull(spec.firstToken),
    idleMs: toMsOrNull(spec.idle),
    totalMs: toMsOrNull(spec.total),
  };
}

function compileRetry(spec: Partial<RetrySpec>): Retry {
  return {
    max: spec.max ?? 0,
    on: spec.on ?? ['rate-limit', 'server-error', 'timeout', 'network'],
    initialMs: toMs(spec.initial ?? '200ms'),
    factor: spec.factor ?? 2,
    capMs: toMs(spec.cap ?? '5s'),
    jitter: spec.jitter ?? 'full',
    respectRetryAfter: spec.respectRetryAfter ?? true,
    maxRetryAfterMs: toMs(spec.maxRetryAfter ?? '20s'),
  };
}

function compileBreaker(spec: Partial<BreakerSpec>): Breaker {
  return {
    failures: spec.failures ?? 5,
    withinMs: toMs(spec.within ?? '30s'),
    openForMs: toMs(spec.openFor ?? '15s'),
  };
}

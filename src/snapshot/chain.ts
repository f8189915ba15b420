import type { JsonObject, MicroUsd, OutcomeReason } from '#core';

/** An ordered choice of targets with one attempt budget. */
export interface Chain {
  readonly name: string;
  readonly strategy: 'fallback' | 'weighted' | 'latency' | 'cost' | 'least-busy';
  readonly sticky: 'none' | 'session' | 'consumer';
  readonly deadlineMs: number | null;
  readonly maxAttempts: number;
  readonly fallbackOn: readonly OutcomeReason[];
  /** Only for lint (`fallback/tier-downgrade`): no target is skipped for its tier, and an answer of a lower one says so in a header. */
  readonly allowDowngrade: boolean;
  /** Dearest price a target may have, in micro-USD per million tokens of input plus output; null when unlimited. */
  readonly maxPriceMicroUsd: MicroUsd | null;
  readonly targets: readonly Target[];
}

/** One rung of a chain. */
export interface Target extends TargetPolicy {
  readonly id: string;
  /** `model`: a catalogue model; `provider`: the requested model at that provider; `chain`: another chain. */
  readonly use:
    | { readonly kind: 'model'; readonly model: string }
    | { readonly kind: 'provider'; readonly provider: string }
    | { readonly kind: 'chain'; readonly chain: string };
  /** Percent, under strategy `weighted`. */
  readonly weight: number | null;
  /** Request parameters set for this target, in neutral names as written (`temperature`, `max_tokens`, …). */
  readonly params: JsonObject;
}

/** How one target is called; every field resolved from target, chain and project defaults. */
export interface TargetPolicy {
  readonly timeouts: Timeouts;
  readonly retry: Retry;
  readonly breaker: Breaker | null;
}

/** Milliseconds; null means no such timeout. */
export interface Timeouts {
  readonly connectMs: number | null;
  readonly firstTokenMs: number | null;
  readonly idleMs: number | null;
  readonly totalMs: number | null;
}

/** When and how often one target is tried again. */
export interface Retry {
  /** Retries after the first attempt. */
  readonly max: number;
  readonly on: readonly OutcomeReason[];
  readonly initialMs: number;
  readonly factor: number;
  readonly capMs: number;
  readonly jitter: 'full' | 'none';
  readonly respectRetryAfter: boolean;
  /** A longer Retry-After ends the retries on this target. */
  readonly maxRetryAfterMs: number;
}

/** How many failures within which time take a target out, and for how long. */
export interface Breaker {
  readonly failures: number;
  readonly withinMs: number;
  readonly openForMs: number;
}

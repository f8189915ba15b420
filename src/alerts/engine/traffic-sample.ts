import type { OutcomeReason } from '#core';

/** A request that has ended, as alerts look at it: names and figures. */
export interface TrafficSample {
  readonly atMs: number;
  /** Empty where none was matched, served or known. */
  readonly route: string;
  readonly provider: string;
  readonly model: string;
  readonly consumer: string;
  readonly status: number;
  readonly code: string | null;
  /** Refused by policy before anything was asked: no part of any rate. */
  readonly isRefused: boolean;
  /** A final status from 500 on, or a stream that ended in an error. */
  readonly isError: boolean;
  /** The caller got an answer. */
  readonly isAnswer: boolean;
  /** Why another than the first eligible target answered; null when it did not. */
  readonly fallback: string | null;
  readonly cache: 'hit' | 'miss' | null;
  readonly durationMs: number;
  readonly firstTokenMs: number | null;
  readonly costMicroUsd: number;
  /** Calls to providers, in order. */
  readonly calls: readonly {
    readonly provider: string;
    readonly target: string;
    readonly outcome: OutcomeReason | 'ok' | 'cancelled';
  }[];
  /** How many requests it stands for. */
  readonly weight: number;
}

/** What a request could not have at a target by its nature or by policy: then the target was not eligible, and the next one is no fallback. */
const NOT_ELIGIBLE: ReadonlySet<string> = new Set([
  ...['model-not-allowed', 'capability-missing', 'context-too-small', 'residency', 'data-policy', 'max-price'],
  ...['provider-not-allowed', 'model-unknown', 'unsupported-dialect'],
]);

/** The reason, where it is one that alerts count. Pure. */
export function countedFallback(reason: string | null | undefined): string | null {
  return reason === null || reason === undefined || NOT_ELIGIBLE.has(reason) ? null : reason;
}

const HITS: ReadonlySet<string> = new Set(['hit', 'semantic-hit', 'shared', 'stale']);

/** What a cache's word means for its hit rate: only whoever looked counts. Pure. */
export function countedCache(result: string | null | undefined): 'hit' | 'miss' | null {
  if (result === null || result === undefined) return null;
  return HITS.has(result) ? 'hit' : result === 'miss' ? 'miss' : null;
}

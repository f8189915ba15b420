import { type DurationSketch, durationClass, recordSample } from '#alerts';
import { localDate } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { ReportSpan } from './report-time.ts';

/** What decision records tell beyond the ledger: requests that were refused, errors, fallbacks, durations, look-ups. Counts are weighted by what a sampled record stands for. */
export interface RecordTally {
  /** Within the span; refused ones among them. */
  readonly requests: number;
  readonly answered: number;
  readonly refused: number;
  readonly errors: readonly ErrorCount[];
  readonly fallbacks: readonly FallbackCount[];
  readonly routes: Readonly<Record<string, DurationSketch>>;
  /** By local date, the span before included. */
  readonly lookups: Readonly<Record<string, LookupCount>>;
  /** In the span before: null where nothing is recorded of it. */
  readonly before: { readonly requests: number; readonly answered: number; readonly refused: number } | null;
}

/** What callers were told, and whose answer it was: never any text of theirs. */
export interface ErrorCount {
  readonly code: string;
  readonly status: number;
  readonly provider: string;
  readonly isRefused: boolean;
  readonly count: number;
}

/** Answers by another target than the first. */
export interface FallbackCount {
  readonly reason: string;
  readonly route: string;
  /** Who answered. */
  readonly model: string;
  readonly count: number;
}

/** What caches were asked and had. */
export interface LookupCount {
  readonly hits: number;
  readonly misses: number;
}

/** Adds up records one by one; `result` may be asked at any time. */
export interface TallyBuilder {
  readonly add: (record: TrafficRecord) => void;
  readonly result: () => RecordTally;
}

/** Starts with nothing. Records outside the span and the one before change nothing. */
export function createRecordTally({ startMs, endMs, beforeMs }: ReportSpan, timezone: string): TallyBuilder {
  const now = { requests: 0, answered: 0, refused: 0 };
  const before = { requests: 0, answered: 0, refused: 0 };
  const errors = new Map<string, ErrorCount>();
  const fallbacks = new Map<string, FallbackCount>();
  const routes: Record<string, Record<number, number>> = {};
  const lookups: Record<string, { hits: number; misses: number }> = {};

  return {
    add(record) {
      const atMs = Date.parse(record.at);
      if (!(atMs >= beforeMs && atMs < endMs)) return;
      const sample = recordSample(record);
      if (sample === null) return;
      const { weight, status, code, provider, route, isRefused, isAnswer, isError } = sample;
      const own = atMs < startMs ? before : now;
      own.requests += weight;
      if (isAnswer && !isError) own.answered += weight;
      if (isRefused) own.refused += weight;
      if (sample.cache !== null) {
        lookups[localDate(timezone, atMs)] ??= { hits: 0, misses: 0 };
        const day = lookups[localDate(timezone, atMs)];
        if (day !== undefined) day[sample.cache === 'hit' ? 'hits' : 'misses'] += weight;
      }
      if (atMs < startMs) return;
      if (isError || status >= 400) {
        const error = { code: code ?? `status ${status}`, status, provider, isRefused };
        const key = JSON.stringify(error);
        errors.set(key, { ...error, count: (errors.get(key)?.count ?? 0) + weight });
      }
      if (sample.fallback !== null) {
        const fallback = { reason: sample.fallback, route, model: sample.model };
        const key = JSON.stringify(fallback);
        fallbacks.set(key, { ...fallback, count: (fallbacks.get(key)?.count ?? 0) + weight });
      }
      if (!isAnswer || route === '') return;
      routes[route] ??= {};
      const sketch = routes[route];
      const index = durationClass(sample.durationMs);
      if (sketch !== undefined) sketch[index] = (sketch[index] ?? 0) + weight;
    },
    result: () => ({
      ...now,
      errors: [...errors.values()].sort((a, b) => b.count - a.count),
      fallbacks: [...fallbacks.values()].sort((a, b) => b.count - a.count),
      routes,
      lookups,
      before: before.requests === 0 ? null : before,
    }),
  };
}

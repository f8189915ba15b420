import type { TrafficRecord } from '#decision-log';
import { countedCache, countedFallback, type TrafficSample } from './traffic-sample.ts';

/** A recorded request as alerts look at it; null for one whose end is not recorded. Pure. */
export function recordSample(record: TrafficRecord): TrafficSample | null {
  const { outcome, attempts = [], request, decision } = record;
  const startedMs = Date.parse(record.at);
  if (outcome === undefined || Number.isNaN(startedMs)) return null;
  const { status, code = null, durationMs = 0 } = outcome;
  const isBlocked = code === 'guardrail_blocked';
  const isCut = outcome.complete === false && status < 400 && code !== null;
  return {
    atMs: startedMs + durationMs,
    route: decision?.route ?? '',
    provider: outcome.provider ?? '',
    model: outcome.model ?? '',
    consumer: request.consumer ?? '',
    status,
    code,
    isRefused: isBlocked || (status >= 400 && status < 500 && attempts.length === 0),
    isError: !isBlocked && (status >= 500 || isCut),
    isAnswer: status < 400,
    fallback: countedFallback(outcome.fallback),
    cache: countedCache(outcome.cache),
    durationMs,
    firstTokenMs: outcome.firstTokenMs ?? null,
    costMicroUsd: outcome.costMicroUsd ?? 0,
    calls: attempts.map(({ target, provider = '', outcome: ended }) => ({ target, provider, outcome: ended })),
    weight: record.sampleWeight ?? 1,
  };
}

import { countedCache, countedFallback, type TrafficSample } from '#alerts';
import type { FinishedRequest } from '../finished-request.ts';
import { knownCost } from '../settle-request.ts';

/** A finished request as alerts look at it. Pure. */
export function trafficSample({ progress, endedMs }: FinishedRequest): TrafficSample {
  const { call, caller, served, attempts, decision, status, errorCode, isCut, cache } = progress;
  const planned = decision?.kind === 'allow' ? decision.plan.targets : [];
  const isBlocked = errorCode === 'guardrail_blocked';
  return {
    // When it ended: an answer that took a minute is news of now.
    atMs: call.startedMs + endedMs,
    route: progress.route ?? '',
    provider: served?.target.provider.name ?? cache.provider ?? '',
    model: served?.target.model ?? cache.model ?? '',
    consumer: caller?.consumer.name ?? '',
    status,
    code: errorCode,
    isRefused: isBlocked || (status >= 400 && status < 500 && attempts.length === 0),
    isError: !isBlocked && (status >= 500 || (isCut && status < 400 && errorCode !== null)),
    isAnswer: status < 400,
    fallback: countedFallback(served?.fallback),
    cache: countedCache(cache.result),
    durationMs: endedMs,
    firstTokenMs: progress.firstByteMs,
    costMicroUsd: knownCost(progress) ?? 0,
    calls: attempts.map(({ target, outcome }) => ({
      target,
      outcome,
      provider: planned.find(({ id }) => id === target)?.provider.name ?? '',
    })),
    weight: 1,
  };
}

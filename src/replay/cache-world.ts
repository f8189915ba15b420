import { partitionValues, type RequestFacts } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { Cache } from '#snapshot';

/** What an exact cache would hold, by the recorded digests of prompts. */
export interface CacheWorld {
  /** Whether the answer would come from the cache; null when the record has no digest to tell. */
  readonly holds: (
    record: TrafficRecord,
    request: RequestFacts,
    cache: Cache,
    nowMs: number,
    route: string,
  ) => boolean | null;
  readonly keep: (record: TrafficRecord, request: RequestFacts, cache: Cache, nowMs: number, route: string) => void;
}

/** Beyond it the oldest entry goes: memory stays flat. */
const MAX_ENTRIES = 200_000;

/** A gateway shortens the life of an answer by a draw of up to a tenth: the mean, and both ends. */
export const CACHE_LIVES = Object.freeze({ mean: 0.95, longest: 1, shortest: 0.9 });

/** Creates an empty cache of digests, whose answers live that share of their ttl. */
export function createCacheWorld(life: number): CacheWorld {
  const expiries = new Map<string, number>();
  return {
    holds(record, request, cache, nowMs, route) {
      const key = keyOf(record, request, cache, route);
      if (key === null) return null;
      const expiryMs = expiries.get(key);
      return expiryMs !== undefined && expiryMs > nowMs;
    },
    keep(record, request, cache, nowMs, route) {
      const key = keyOf(record, request, cache, route);
      if (key === null) return;
      expiries.delete(key);
      expiries.set(key, nowMs + cache.ttlMs * life);
      if (expiries.size <= MAX_ENTRIES) return;
      const [oldest] = expiries.keys();
      if (oldest !== undefined) expiries.delete(oldest);
    },
  };
}

function keyOf(
  { request: recorded }: TrafficRecord,
  request: RequestFacts,
  cache: Cache,
  route: string,
): string | null {
  const { digests } = recorded;
  if (digests?.prompt == null || cache.mode !== 'exact') return null;
  const parts = partitionValues(cache, request, route);
  const { model, temperature, maxOutputTokens, responseFormat } = request;
  return JSON.stringify([cache.name, parts, digests, model, temperature ?? 1, maxOutputTokens, responseFormat]);
}

import type { RequestFacts } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { Cache } from '#snapshot';

/** What an exact cache would hold, by the recorded digests of prompts. */
export interface CacheWorld {
  /** Whether the answer would come from the cache; null when the record has no digest to tell. */
  readonly holds: (record: TrafficRecord, request: RequestFacts, cache: Cache, nowMs: number) => boolean | null;
  readonly keep: (record: TrafficRecord, request: RequestFacts, cache: Cache, nowMs: number) => void;
}

/** Beyond it the oldest entry goes: memory stays flat. */
const MAX_ENTRIES = 200_000;

/** A gateway shortens the life of an answer by a draw of up to a tenth: the mean, and both ends. */
export const CACHE_LIVES = Object.freeze({ mean: 0.95, longest: 1, shortest: 0.9 });

/** Creates an empty cache of digests, whose answers live that share of their ttl. */
export function createCacheWorld(life: number): CacheWorld {
  const expiries = new Map<string, number>();
  return {
    holds(record, request, cache, nowMs) {
      const key = keyOf(record, request, cache);
      if (key === null) return null;
      const expiryMs = expiries.get(key);
      return expiryMs !== undefined && expiryMs > nowMs;
    },
    keep(record, request, cache, nowMs) {
      const key = keyOf(record, request, cache);
      if (key === null) return;
      expiries.delete(key);
      expiries.set(key, nowMs + cache.ttlMs * life);
      if (expiries.size <= MAX_ENTRIES) return;
      const [oldest] = expiries.keys();
      if (oldest !== undefined) expiries.delete(oldest);
    },
  };
}

function keyOf({ request: recorded }: TrafficRecord, request: RequestFacts, cache: Cache): string | null {
  const { digests } = recorded;
  if (digests?.prompt == null || cache.mode !== 'exact') return null;
  const parts = cache.share === null ? cache.partition.map((name) => partOf(name, request)) : [];
  const { model, temperature, maxOutputTokens, responseFormat } = request;
  return JSON.stringify([cache.name, parts, digests, model, temperature ?? 1, maxOutputTokens, responseFormat]);
}

function partOf(name: string, { consumer, labels, metadata, headers }: RequestFacts): string {
  const dot = name.indexOf('.');
  const key = name.slice(dot + 1);
  switch (dot < 0 ? name : name.slice(0, dot)) {
    case 'consumer':
      return consumer;
    case 'label':
      return labels[key] ?? '';
    case 'metadata':
      return metadata[key] ?? '';
    case 'header':
      return headers[key] ?? '';
    default:
      return '';
  }
}

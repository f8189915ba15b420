import { mayCache, type RequestFacts } from '#decision';
import type { Cache, Snapshot } from '#snapshot';

/** What the policies say of the cache for a request, given what the look-up would find. */
export interface CacheLookup {
  readonly cache: Cache | null;
  /** `hit` and `stale` answer without a call; `stale-if-error` only once every call has failed. */
  readonly result: 'hit' | 'stale' | 'stale-if-error' | 'miss' | 'off';
}

/** Applies the cache of the route: off without one, for what it excludes, and for answers hotter than its limit; a semantic cache in shadow only counts. Pure. */
export function lookUpCache(
  snapshot: Snapshot,
  route: string | null,
  request: RequestFacts,
  found: 'hit' | 'stale' | 'miss',
): CacheLookup {
  const name = route === null ? null : (snapshot.routes.get(route)?.cache ?? null);
  const cache = name === null ? null : (snapshot.caches.get(name) ?? null);
  if (cache === null || !mayCache(cache, request)) return { cache, result: 'off' };
  if (cache.mode === 'semantic' && cache.semantic?.shadow === true) return { cache, result: 'miss' };
  if (found !== 'stale') return { cache, result: found };
  if (cache.staleWhileRevalidateMs > 0) return { cache, result: 'stale' };
  return { cache, result: cache.staleIfErrorMs > 0 ? 'stale-if-error' : 'miss' };
}

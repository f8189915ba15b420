import { compileGlob, fitsGlob } from '#core';
import type { RequestFacts } from '#decision';
import type { Cache, CacheSpec, Snapshot } from '#snapshot';

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
  if (cache === null || cache.mode === 'off' || isExcluded(cache, request)) return { cache, result: 'off' };
  if (cache.maxTemperature !== null && (request.temperature ?? 1) > cache.maxTemperature)
    return { cache, result: 'off' };
  if (cache.mode === 'semantic' && cache.semantic?.shadow === true) return { cache, result: 'miss' };
  if (found !== 'stale') return { cache, result: found };
  if (cache.staleWhileRevalidateMs > 0) return { cache, result: 'stale' };
  return { cache, result: cache.staleIfErrorMs > 0 ? 'stale-if-error' : 'miss' };
}

function isExcluded({ neverWhen }: Cache, request: RequestFacts): boolean {
  // Carried as written; its schema is the type's source.
  const never = neverWhen as NonNullable<CacheSpec['neverWhen']>;
  if (never.hasTools === true && request.toolCount > 0) return true;
  if (never.hasImages === true && request.images > 0) return true;
  if (never.stream === true && request.stream) return true;
  if (never.models?.some((pattern) => fitsGlob(compileGlob(pattern), request.model))) return true;
  return (
    holdsAny(never.metadata, request.metadata) ||
    holdsAny(never.headers, request.headers) ||
    holdsAny(never.labels, request.labels)
  );
}

function holdsAny(
  excluded: Readonly<Record<string, readonly string[]>> | undefined,
  values: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(excluded ?? {}).some(([key, patterns]) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    return value !== undefined && patterns.some((pattern) => fitsGlob(compileGlob(pattern), value));
  });
}

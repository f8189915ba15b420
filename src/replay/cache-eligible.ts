import { compileGlob, fitsGlob } from '#core';
import type { RequestFacts } from '#decision';
import type { Cache, CacheSpec, Snapshot } from '#snapshot';

/**
 * The cache that may answer a request of the route, or null: none is named, it is off or in shadow, or it excludes the request. Whether it would have held an
 * answer is another matter. Pure.
 */
export function eligibleCache(snapshot: Snapshot, route: string, request: RequestFacts): Cache | null {
  const cache = snapshot.caches.get(snapshot.routes.get(route)?.cache ?? '');
  if (cache === undefined || cache.mode === 'off' || isExcluded(cache, request)) return null;
  if (cache.mode === 'semantic' && cache.semantic?.shadow === true) return null;
  return cache.maxTemperature !== null && (request.temperature ?? 1) > cache.maxTemperature ? null : cache;
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

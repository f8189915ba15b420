import { mayCache, type RequestFacts } from '#decision';
import type { Cache, Snapshot } from '#snapshot';

/**
 * The cache that may answer a request of the route, or null: none is named, it is off or in shadow, or it excludes the request. Whether it would have held an
 * answer is another matter. Pure.
 */
export function eligibleCache(snapshot: Snapshot, route: string, request: RequestFacts): Cache | null {
  const cache = snapshot.caches.get(snapshot.routes.get(route)?.cache ?? '');
  if (cache === undefined || !mayCache(cache, request)) return null;
  return cache.mode === 'semantic' && cache.semantic?.shadow === true ? null : cache;
}

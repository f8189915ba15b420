import { compileGlob, fitsGlob } from '#core';
import type { Cache, CacheSpec } from '#snapshot';
import type { RequestFacts } from './types.ts';

/** Whether a cache's rules let it keep and give the answer of a request: it is on, does not exclude the request, and the answer is not hotter than its limit. Pure. */
export function mayCache(cache: Cache, request: RequestFacts): boolean {
  if (cache.mode === 'off' || isExcluded(cache, request)) return false;
  return cache.maxTemperature === null || (request.temperature ?? 1) <= cache.maxTemperature;
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

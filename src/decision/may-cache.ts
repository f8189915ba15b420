import { compileGlob, fitsGlob, type Glob } from '#core';
import type { Cache, CacheSpec } from '#snapshot';
import type { RequestFacts } from './types.ts';

type Never = NonNullable<CacheSpec['neverWhen']>;

/** `neverWhen` with its patterns ready. */
interface Exclusions {
  readonly never: Never;
  readonly models: readonly Glob[];
  readonly metadata: readonly Excluded[];
  readonly headers: readonly Excluded[];
  readonly labels: readonly Excluded[];
}

type Excluded = readonly [key: string, patterns: readonly Glob[]];

/** Whether a cache's rules let it keep and give the answer of a request: it is on, does not exclude the request, and the answer is not hotter than its limit. Pure. */
export function mayCache(cache: Cache, request: RequestFacts): boolean {
  if (cache.mode === 'off' || isExcluded(cache, request)) return false;
  return cache.maxTemperature === null || (request.temperature ?? 1) <= cache.maxTemperature;
}

function isExcluded({ neverWhen }: Cache, request: RequestFacts): boolean {
  const { never, models, metadata, headers, labels } = exclusionsOf(neverWhen);
  if (never.hasTools === true && request.toolCount > 0) return true;
  if (never.hasImages === true && request.images > 0) return true;
  if (never.stream === true && request.stream) return true;
  if (models.some((pattern) => fitsGlob(pattern, request.model))) return true;
  return holdsAny(metadata, request.metadata) || holdsAny(headers, request.headers) || holdsAny(labels, request.labels);
}

const known = new WeakMap<object, Exclusions>();

/** Carried as written; its schema is the type's source. */
function exclusionsOf(neverWhen: Cache['neverWhen']): Exclusions {
  let found = known.get(neverWhen);
  if (found === undefined) {
    const never = neverWhen as Never;
    const excluded = (values: Readonly<Record<string, readonly string[]>> | undefined): readonly Excluded[] =>
      Object.entries(values ?? {}).map(([key, patterns]) => [key, patterns.map(compileGlob)]);
    found = {
      never,
      models: (never.models ?? []).map(compileGlob),
      metadata: excluded(never.metadata),
      headers: excluded(never.headers),
      labels: excluded(never.labels),
    };
    known.set(neverWhen, found);
  }
  return found;
}

function holdsAny(excluded: readonly Excluded[], values: Readonly<Record<string, string>>): boolean {
  return excluded.some(([key, patterns]) => {
    const value = Object.hasOwn(values, key) ? values[key] : undefined;
    return value !== undefined && patterns.some((pattern) => fitsGlob(pattern, value));
  });
}

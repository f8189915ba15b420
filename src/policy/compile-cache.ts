import type { Cache, CacheSpec } from '#snapshot';
import { toBytes, toMs } from './compile-quantities.ts';

/** A cache; one without `ttl` keeps answers for an hour. Pure. */
export function compileCache(name: string, spec: CacheSpec): Cache {
  return {
    name,
    mode: spec.mode,
    ttlMs: toMs(spec.ttl ?? '1h'),
    partition: spec.partition ?? ['consumer'],
    share: spec.share ? { ...spec.share } : null,
    maxTemperature: spec.maxTemperature ?? null,
    neverWhen: { ...spec.neverWhen },
    staleWhileRevalidateMs: toMs(spec.staleWhileRevalidate ?? '0s'),
    staleIfErrorMs: toMs(spec.staleIfError ?? '0s'),
    maxEntryBytes: toBytes(spec.maxEntrySize ?? '256KiB'),
    semantic: spec.semantic ? { ...spec.semantic } : null,
  };
}

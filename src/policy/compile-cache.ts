import type { Cache, CacheSpec, SemanticRule } from '#snapshot';
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
    keepToolCalls: spec.keepToolCalls ?? false,
    streamReplay: spec.streamReplay ?? 'instant',
    semantic: spec.semantic ? compileSemantic(spec.semantic) : null,
  };
}

function compileSemantic(spec: NonNullable<CacheSpec['semantic']>): SemanticRule {
  return {
    embedder: spec.embedder,
    chain: spec.chain ?? null,
    threshold: spec.threshold ?? 0.94,
    verify: spec.verify ?? ['numbers', 'negation', 'names', 'units', 'language'],
    shadow: spec.shadow ?? true,
  };
}

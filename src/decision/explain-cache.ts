import type { Snapshot } from '#snapshot';
import { mayCache } from './may-cache.ts';
import { describePartition, partitionOf } from './partition.ts';
import { placeOf } from './place.ts';
import type { RequestFacts } from './types.ts';

/** The cache of the route, as it stands to a request. */
export interface ExplainedCache {
  readonly cache: string;
  readonly mode: 'exact' | 'semantic' | 'off';
  /** Whether the rules let it keep and give the answer of this request. */
  readonly applies: boolean;
  /** What keeps its answers apart. */
  readonly partition: readonly string[];
  readonly shared: boolean;
  /** The partition in words. */
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
}

/** What the cache of a route has to do with a request; null without one. Pure. */
export function explainCache(snapshot: Snapshot, route: string | null, request: RequestFacts): ExplainedCache | null {
  const cache = snapshot.caches.get(snapshot.routes.get(route ?? '')?.cache ?? '');
  if (cache === undefined) return null;
  return {
    cache: cache.name,
    mode: cache.mode,
    applies: mayCache(cache, request),
    partition: partitionOf(cache),
    shared: cache.share !== null,
    text: describePartition(cache),
    ...placeOf(snapshot, `Cache/${cache.name}`, 'share', 'partition', 'mode'),
  };
}

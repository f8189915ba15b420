import type { Cache } from '#snapshot';
import type { RequestFacts } from './types.ts';

/**
 * What keeps the answers of a cache apart. The consumer always does, named or not, unless the rule shares explicitly: leaving a name out of a list must
 * never show one caller's answers to another. Pure.
 */
export function partitionOf({ share, partition }: Pick<Cache, 'share' | 'partition'>): readonly string[] {
  const others = partition.filter((name) => name !== 'consumer');
  return share === null ? ['consumer', ...others] : others;
}

/** The partition in words, for `explain`, `graph` and reports. Pure. */
export function describePartition(cache: Pick<Cache, 'share' | 'partition'>): string {
  const names = partitionOf(cache).join(' + ');
  if (cache.share === null) return names;
  const reason = typeof cache.share.reason === 'string' ? ` (${cache.share.reason})` : '';
  return `${names === '' ? 'none' : names}, shared across all consumers${reason}`;
}

/** The values that set this request apart, in the order of the partition; null where the request has none. Pure. */
export function partitionValues(
  cache: Pick<Cache, 'share' | 'partition'>,
  request: Pick<RequestFacts, 'consumer' | 'labels' | 'metadata' | 'headers'>,
  route: string,
): readonly (readonly [string, string | null])[] {
  return partitionOf(cache).map((name) => [name, valueFor(name, request, route)]);
}

function valueFor(
  name: string,
  { consumer, labels, metadata, headers }: Pick<RequestFacts, 'consumer' | 'labels' | 'metadata' | 'headers'>,
  route: string,
): string | null {
  if (name === 'consumer') return consumer;
  if (name === 'route') return route;
  const dot = name.indexOf('.');
  const key = name.slice(dot + 1);
  const values = { label: labels, metadata, header: headers }[name.slice(0, dot)];
  const wanted = values === headers ? key.toLowerCase() : key;
  return values !== undefined && Object.hasOwn(values, wanted) ? (values[wanted] ?? null) : null;
}

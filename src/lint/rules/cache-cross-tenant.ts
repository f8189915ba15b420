import { asObject } from '#core';
import type { CacheSpec, ConsumerSpec, RouteSpec } from '#snapshot';
import type { LintContext } from '../context.ts';
import type { Item } from '../item.ts';
import { routeCallers } from '../route-callers.ts';
import type { Rule } from '../rule.ts';

/** One customer's answer for another customer. */
export const cacheCrossTenant: Rule = {
  meta: {
    id: 'cache/cross-tenant',
    severity: 'error',
    summary: 'Two consumers share the entries of a cache that has no `share`.',
    why: 'The answer that one consumer got, with whatever was in its prompt, is given to another one. Entries are apart by `partition`; sharing them is possible, but only aloud, with a reason and a name.',
    bad: `
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d, partition: [route] }
---
kind: Consumer
metadata: { name: red }
---
kind: Consumer
metadata: { name: blue }
---
kind: Route
metadata: { name: faq }
spec: { match: {}, chain: quick, cache: week }`,
    good: `
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d, partition: [consumer, route] }
---
kind: Consumer
metadata: { name: red }
---
kind: Consumer
metadata: { name: blue }
---
kind: Route
metadata: { name: faq }
spec: { match: {}, chain: quick, cache: week }`,
  },
  check(context) {
    return context.every('Cache').flatMap((cache) => {
      const { mode, share, partition = ['consumer'] } = cache.spec;
      if (mode === 'off' || share || partition.includes('consumer')) return [];
      const mixed = firstMixed(context, cache, partition);
      if (!mixed) return [];
      const { file, line } = mixed.route.at('cache');
      const [a, b] = mixed.consumers;
      return [
        {
          at: cache.at('partition'),
          subject: cache.key,
          message:
            b === undefined
              ? `whoever calls route \`${mixed.route.name}\` shares the entries of cache \`${cache.name}\``
              : `\`${a}\` and \`${b}\` share the entries of cache \`${cache.name}\``,
          hint: 'Add `consumer` to `partition`, or say in `share` across whom, why and who agreed.',
          related: [{ file, line, message: 'used here' }],
        },
      ];
    });
  },
};

/** The first two consumers whose entries fall together, over all routes that use the cache. */
function firstMixed(
  context: LintContext,
  cache: Item<CacheSpec>,
  partition: readonly string[],
): { readonly route: Item<RouteSpec>; readonly consumers: readonly string[] } | undefined {
  const seen = new Map<string, string>();
  for (const { item: route } of context.routes.filter(({ item }) => item.spec.cache === cache.name)) {
    const callers = routeCallers(context, route);
    // Nobody is declared: whoever has a key may come.
    if (callers === null) return { route, consumers: [] };
    for (const consumer of callers) {
      const cell = cellOf(partition, route, consumer);
      const other = seen.get(cell);
      if (other !== undefined && other !== consumer.name) return { route, consumers: [other, consumer.name] };
      seen.set(cell, consumer.name);
    }
  }
  return undefined;
}

/** Metadata and headers are the caller's own words: they keep nobody apart. */
function cellOf(partition: readonly string[], route: Item<RouteSpec>, consumer: Item<ConsumerSpec>): string {
  const labels = asObject(consumer.metadata.labels);
  const parts = partition.map((part) => {
    if (part === 'route') return route.name;
    return part.startsWith('label.') ? (labels[part.slice('label.'.length)] ?? null) : null;
  });
  return JSON.stringify(parts);
}

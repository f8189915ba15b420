import type { RouteSpec } from '#snapshot';
import type { Item } from '../item.ts';
import type { Rule } from '../rule.ts';

/** An answer for one permission, given under another. */
export const cacheAuthzOmitted: Rule = {
  meta: {
    id: 'cache/authz-omitted',
    severity: 'error',
    summary: 'A route looks at headers or metadata by which its cache does not keep entries apart.',
    why: 'The route itself says that the header or metadata decides what is answered: a region, a role, a topic. Without it in the key, the answer for one value is given for the next.',
    bad: `
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d, partition: [consumer] }
---
kind: Route
metadata: { name: staff }
spec: { match: { headers: { x-role: [staff, admin] } }, chain: quick, cache: week }`,
    good: `
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d, partition: [consumer, header.x-role] }
---
kind: Route
metadata: { name: staff }
spec: { match: { headers: { x-role: [staff, admin] } }, chain: quick, cache: week }`,
    options: '`route` in the partition covers a field for which the route has one exact value.',
    waive: 'When the answer is the same for every value, and the field only selects the chain.',
  },
  check({ every, find }) {
    return every('Route').flatMap((route) => {
      const cache = find('Cache', route.spec.cache ?? '');
      if (!cache || cache.spec.mode === 'off' || cache.spec.share) return [];
      const partition = new Set((cache.spec.partition ?? ['consumer']).map((part) => part.toLowerCase()));
      const missing = fieldsOf(route).filter(
        ({ part, isOneValue }) => !partition.has(part.toLowerCase()) && !(isOneValue && partition.has('route')),
      );
      const [first] = missing;
      if (!first) return [];
      const { file, line } = route.atKey('match', ...first.path);
      return [
        {
          at: route.at('cache'),
          subject: route.key,
          message: `route \`${route.name}\` looks at ${missing.map(({ part }) => `\`${part}\``).join(', ')}, but cache \`${cache.name}\` keeps no entries apart by it`,
          hint: `Add \`${first.part}\` to \`partition\` of the cache.`,
          related: [{ file, line, message: 'the route looks at it here' }],
        },
      ];
    });
  },
};

interface Field {
  /** As `partition` names it. */
  readonly part: string;
  readonly path: readonly string[];
  readonly isOneValue: boolean;
}

function fieldsOf({ spec: { match } }: Item<RouteSpec>): readonly Field[] {
  return (['headers', 'metadata'] as const).flatMap((group) =>
    Object.entries(match[group] ?? {}).map(([key, values]) => ({
      part: `${group === 'headers' ? 'header' : 'metadata'}.${key}`,
      path: [group, key],
      isOneValue: values.length === 1 && !values[0]?.includes('*'),
    })),
  );
}

import { LIVE_TAGS } from '#snapshot';
import type { Rule } from '../rule.ts';

/** Yesterday's answer, presented as today's. */
export const cacheRealtime: Rule = {
  meta: {
    id: 'cache/realtime',
    severity: 'error',
    summary: 'A route tagged `realtime` or `personalised` uses a cache.',
    why: 'The tags say that no answer may be given twice, since stock, prices and delivery states of yesterday would be shown as live, or the answer meant for one person to another. The gateway therefore never uses the cache, and whoever reads the route believes that it does.',
    bad: `
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d }
---
kind: Route
metadata: { name: stock }
spec: { match: {}, chain: quick, cache: week, tags: [realtime] }`,
    good: `
kind: Cache
metadata: { name: never }
spec: { mode: "off" }
---
kind: Route
metadata: { name: stock }
spec: { match: {}, chain: quick, cache: never, tags: [realtime] }`,
  },
  check({ every, find }) {
    return every('Route').flatMap((route) => {
      const tag = route.spec.tags?.find((each) => LIVE_TAGS.has(each));
      const cache = find('Cache', route.spec.cache ?? '');
      if (tag === undefined || !cache || cache.spec.mode === 'off') return [];
      const { file, line } = route.at('tags');
      return [
        {
          at: route.at('cache'),
          subject: route.key,
          message: `route \`${route.name}\` is tagged \`${tag}\` and uses the cache \`${cache.name}\``,
          hint: "Remove the cache, or name one with `mode: 'off'`.",
          related: [{ file, line, message: 'tagged here' }],
        },
      ];
    });
  },
};

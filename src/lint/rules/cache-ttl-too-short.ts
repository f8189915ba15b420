import type { Rule } from '../rule.ts';

const MIN_LOOKUPS = 100;
const MIN_SHARE = 0.05;

/** A cache that is hardly ever asked in time. */
export const cacheTtlTooShort: Rule = {
  meta: {
    id: 'cache/ttl-too-short',
    severity: 'warn',
    needs: 'traffic',
    summary: 'Of the recorded requests that could have come from the cache, fewer than one in twenty did.',
    why: 'Each look-up costs time, each entry memory, and the answers are gone before somebody asks again.',
    bad: `
kind: Cache
metadata: { name: short }
spec: { mode: exact, ttl: 1m }`,
    good: `
kind: Cache
metadata: { name: warm }
spec: { mode: exact, ttl: 1m }`,
    options: `Told with \`--traffic\` only, from ${MIN_LOOKUPS} look-ups on. The share is ${MIN_SHARE * 100} %.`,
    waive: 'When the cache is there for bursts.',
  },
  check({ every, evidence }) {
    return every('Cache').flatMap((cache) => {
      const { lookups, hits } = evidence?.caches.get(cache.name) ?? { lookups: 0, hits: 0 };
      if (cache.spec.mode === 'off' || lookups < MIN_LOOKUPS || hits / lookups >= MIN_SHARE) return [];
      return [
        {
          at: cache.spec.ttl === undefined ? cache.at('mode') : cache.at('ttl'),
          subject: cache.key,
          message: `${hits} of ${lookups} recorded look-ups found an answer in cache \`${cache.name}\``,
          hint: 'Keep answers longer, or remove the cache.',
        },
      ];
    });
  },
};

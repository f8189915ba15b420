import { formatDuration, parseDuration } from '#core';
import type { Rule } from '../rule.ts';

const DAY_MS = 86_400_000;
const MAX_MS = 30 * DAY_MS;
const MAX_FRESH_MS = DAY_MS / 24;

/** Answers from another month. */
export const cacheTtlTooLong: Rule = {
  meta: {
    id: 'cache/ttl-too-long',
    severity: 'warn',
    summary: 'A cache keeps answers longer than 30 days, or longer than an hour for routes tagged `fresh`.',
    why: 'Prices, people and models change; an answer that nobody would give any more is given again.',
    bad: `
kind: Cache
metadata: { name: faq }
spec: { mode: exact, ttl: 90d }`,
    good: `
kind: Cache
metadata: { name: faq }
spec: { mode: exact, ttl: 7d }`,
    options: 'The limits are 30 days, and 1 hour for routes with the tag `fresh`.',
    waive: 'When the answers cannot go out of date, such as translations of fixed texts.',
  },
  check({ every, find }) {
    const long = every('Cache').flatMap((cache) => {
      const ttlMs = parseDuration(cache.spec.ttl ?? '') ?? 0;
      if (cache.spec.mode === 'off' || ttlMs <= MAX_MS) return [];
      return [
        {
          at: cache.at('ttl'),
          subject: cache.key,
          message: `cache \`${cache.name}\` keeps answers for ${formatDuration(ttlMs)}; at most ${formatDuration(MAX_MS)} are meant`,
          hint: 'Lower `ttl`.',
        },
      ];
    });
    const stale = every('Route').flatMap((route) => {
      const cache = find('Cache', route.spec.cache ?? '');
      const ttlMs = parseDuration(cache?.spec.ttl ?? '') ?? 0;
      if (!cache || cache.spec.mode === 'off' || !route.spec.tags?.includes('fresh') || ttlMs <= MAX_FRESH_MS)
        return [];
      return [
        {
          at: route.at('cache'),
          subject: route.key,
          message: `route \`${route.name}\` is tagged \`fresh\`, and its cache \`${cache.name}\` keeps answers for ${formatDuration(ttlMs)}`,
          hint: 'Use a cache with a `ttl` of at most an hour.',
        },
      ];
    });
    return [...long, ...stale];
  },
};

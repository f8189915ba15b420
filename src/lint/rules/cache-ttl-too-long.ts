import { formatDuration, parseDuration } from '#core';
import { optionsOf } from '../options.ts';
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
    options: '`ttl`, 30 days unless set; `freshTtl`, an hour unless set, for routes with the tag `fresh`.',
    set: '{ ttl: 60d, freshTtl: 15m }',
    waive: 'When the answers cannot go out of date, such as translations of fixed texts.',
  },
  check({ every, find }) {
    const options = optionsOf({ every }, 'cache/ttl-too-long');
    const maxMs = parseDuration(options.ttl ?? '') ?? MAX_MS;
    const maxFreshMs = parseDuration(options.freshTtl ?? '') ?? MAX_FRESH_MS;
    const long = every('Cache').flatMap((cache) => {
      const ttlMs = parseDuration(cache.spec.ttl ?? '') ?? 0;
      if (cache.spec.mode === 'off' || ttlMs <= maxMs) return [];
      return [
        {
          at: cache.at('ttl'),
          subject: cache.key,
          message: `cache \`${cache.name}\` keeps answers for ${formatDuration(ttlMs)}; at most ${formatDuration(maxMs)} are meant`,
          hint: 'Lower `ttl`.',
        },
      ];
    });
    const stale = every('Route').flatMap((route) => {
      const cache = find('Cache', route.spec.cache ?? '');
      const ttlMs = parseDuration(cache?.spec.ttl ?? '') ?? 0;
      if (!cache || cache.spec.mode === 'off' || !route.spec.tags?.includes('fresh') || ttlMs <= maxFreshMs) return [];
      return [
        {
          at: route.at('cache'),
          subject: route.key,
          message: `route \`${route.name}\` is tagged \`fresh\`, and its cache \`${cache.name}\` keeps answers for ${formatDuration(ttlMs)}`,
          hint: `Use a cache with a \`ttl\` of at most ${formatDuration(maxFreshMs)}.`,
        },
      ];
    });
    return [...long, ...stale];
  },
};

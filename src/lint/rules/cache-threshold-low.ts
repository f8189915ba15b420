import { optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const FLOOR = 0.9;

/** Questions taken for one another. */
export const cacheThresholdLow: Rule = {
  meta: {
    id: 'cache/threshold-low',
    severity: 'warn',
    summary: `A semantic cache takes questions for the same below a similarity of ${FLOOR}.`,
    why: '"Can I return it within 14 days" and "can I return it after 14 days" are very similar, and their answers are opposites.',
    bad: `
kind: Cache
metadata: { name: help }
spec: { mode: semantic, ttl: 1d, semantic: { embedder: openai/text-embedding-3-small, threshold: 0.8 } }`,
    good: `
kind: Cache
metadata: { name: help }
spec: { mode: semantic, ttl: 1d, semantic: { embedder: openai/text-embedding-3-small, threshold: 0.94 } }`,
    options: `\`floor\`, ${FLOOR} unless set.`,
    set: '{ floor: 0.95 }',
    waive: 'When a measured sample of your own questions shows that a lower threshold holds.',
  },
  check({ every }) {
    const { floor = FLOOR } = optionsOf({ every }, 'cache/threshold-low');
    return every('Cache').flatMap((cache) => {
      const threshold = cache.spec.semantic?.threshold;
      if (cache.spec.mode !== 'semantic' || threshold === undefined || threshold >= floor) return [];
      return [
        {
          at: cache.at('semantic', 'threshold'),
          subject: cache.key,
          message: `cache \`${cache.name}\` answers from a similarity of ${threshold}; below ${floor} different questions get the same answer`,
          hint: `Raise \`threshold\` to ${floor} or more.`,
        },
      ];
    });
  },
};

import type { CacheSpec } from '#snapshot';
import type { Item } from '../item.ts';
import type { Rule } from '../rule.ts';

const MAX_TEMPERATURE = 1;

/** An answer that would not come again. */
export const cacheNondeterministic: Rule = {
  meta: {
    id: 'cache/nondeterministic',
    severity: 'error',
    summary: `A semantic cache does not exclude requests with tools or images, or those with a temperature over ${MAX_TEMPERATURE}.`,
    why: 'Similar words with another image, or after another tool call, are another question. And who asks with a high temperature asks for a new answer each time.',
    bad: `
kind: Cache
metadata: { name: help }
spec: { mode: semantic, ttl: 1d, semantic: { embedder: openai/text-embedding-3-small, threshold: 0.94 } }`,
    good: `
kind: Cache
metadata: { name: help }
spec:
  mode: semantic
  ttl: 1d
  maxTemperature: 1
  neverWhen: { hasTools: true, hasImages: true }
  semantic: { embedder: openai/text-embedding-3-small, threshold: 0.94 }`,
    options: `The highest temperature is ${MAX_TEMPERATURE}; a request without one counts as 1.`,
  },
  check({ every }) {
    return every('Cache').flatMap((cache) => {
      const flaw = cache.spec.mode === 'semantic' ? findFlaw(cache) : null;
      if (flaw === null) return [];
      const { at, what, hint } = flaw;
      const message = `semantic cache \`${cache.name}\` may answer requests ${what}`;
      return [{ at, subject: cache.key, message, hint }];
    });
  },
};

function findFlaw({ spec, at, atKey }: Item<CacheSpec>): {
  readonly at: ReturnType<Item<CacheSpec>['at']>;
  readonly what: string;
  readonly hint: string;
} | null {
  const { neverWhen, maxTemperature } = spec;
  const missing = [
    ...(neverWhen?.hasTools === true ? [] : ['tools']),
    ...(neverWhen?.hasImages === true ? [] : ['images']),
  ];
  if (missing.length > 0) {
    return {
      at: neverWhen ? atKey('neverWhen') : at('mode'),
      what: `with ${missing.join(' and ')}`,
      hint: 'Add `neverWhen: { hasTools: true, hasImages: true }`.',
    };
  }
  if (maxTemperature !== undefined && maxTemperature <= MAX_TEMPERATURE) return null;
  return {
    at: maxTemperature === undefined ? at('mode') : at('maxTemperature'),
    what: 'of any temperature',
    hint: `Set \`maxTemperature\` to ${MAX_TEMPERATURE} or less.`,
  };
}

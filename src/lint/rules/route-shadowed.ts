import { findWitness } from '../matcher-space.ts';
import { areApart, compareRank } from '../route-space.ts';
import type { Rule } from '../rule.ts';

/** A route whose every request is taken by routes above it. */
export const routeShadowed: Rule = {
  meta: {
    id: 'route/shadowed',
    severity: 'error',
    summary: 'Every request of a route is taken by routes that come before it.',
    why: 'The route looks as if it held, and never does: its chain, guardrails and limits are dead text. The check is exact over all conditions except `when`; a route with a `when` is never held to shadow another one.',
    bad: `
kind: Route
metadata: { name: everything-cheap }
spec: { match: { models: ["openai/*"] }, priority: 10, chain: economy }
---
kind: Route
metadata: { name: frontier }
spec: { match: { models: ["openai/*"] }, chain: premium }`,
    good: `
kind: Route
metadata: { name: everything-cheap }
spec: { match: { models: ["openai/*"] }, chain: economy }
---
kind: Route
metadata: { name: frontier }
spec: { match: { models: [openai/gpt-4o] }, chain: premium }`,
  },
  check({ routes, world }) {
    return routes.flatMap((route, at) => {
      const above = routes
        .slice(0, at)
        .filter((other) => !other.hasWhen && compareRank(other, route) < 0 && !areApart(other.matcher, route.matcher));
      if (above.length === 0) return [];
      const own = [route.matcher];
      if (findWitness({ fits: own, misses: above.map(({ matcher }) => matcher) }, world).kind !== 'none') return [];
      // What fits nothing at all is the subject of route/empty-match.
      if (findWitness({ fits: own, misses: [] }, world).kind !== 'found') return [];
      const takers = above.filter(
        ({ matcher }) => findWitness({ fits: [route.matcher, matcher], misses: [] }, world).kind === 'found',
      );
      const alone = takers.find(({ matcher }) => findWitness({ fits: own, misses: [matcher] }, world).kind === 'none');
      const shown = alone ? [alone] : takers;
      return [
        {
          at: route.item.atKey('match'),
          subject: route.item.key,
          message: `route \`${route.item.name}\` never gets a request: ${shown.map(({ item }) => `\`${item.name}\``).join(', ')} ${shown.length === 1 ? 'takes' : 'take'} all of them`,
          hint: 'Narrow the other route, give this one more conditions or a higher priority, or remove it.',
          related: shown.slice(0, 5).map(({ item }) => {
            const { file, line } = item.atKey('match');
            return { file, line, message: `\`${item.name}\` comes first` };
          }),
        },
      ];
    });
  },
};

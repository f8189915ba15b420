import type { LintContext } from '../context.ts';
import { findWitness, type WitnessSearch } from '../matcher-space.ts';
import { areApart, compareRank, type RankedRoute } from '../route-space.ts';
import type { Rule } from '../rule.ts';

/** Two routes of equal rank that some request fits. */
export const routeAmbiguous: Rule = {
  meta: {
    id: 'route/ambiguous',
    severity: 'error',
    summary: 'Some request fits two routes that are equally specific and have the same priority.',
    why: 'Which one wins is then decided by their names, so renaming a file or a route changes where requests go. The finding shows a request that fits both. Two different `when` conditions may exclude one another, so routes of which either has one are not reported.',
    bad: `
kind: Route
metadata: { name: by-path }
spec: { match: { paths: [/api/ai/faq] }, chain: economy }
---
kind: Route
metadata: { name: by-endpoint }
spec: { match: { endpoints: [chat] }, chain: premium }`,
    good: `
kind: Route
metadata: { name: by-path }
spec: { match: { paths: [/api/ai/faq] }, priority: 10, chain: economy }
---
kind: Route
metadata: { name: by-endpoint }
spec: { match: { endpoints: [chat] }, chain: premium }`,
  },
  check(context) {
    const { routes } = context;
    return routes.flatMap((route, at) => {
      const equals: { readonly other: RankedRoute; readonly search: WitnessSearch & { readonly kind: 'found' } }[] = [];
      for (let before = at - 1; before >= 0; before--) {
        const other = routes[before];
        // Ranks fall along the list: the first better one ends the tie.
        if (!other || compareRank(other, route) !== 0) break;
        if (other.hasWhen || route.hasWhen || areApart(other.matcher, route.matcher)) continue;
        const search = overlap(context, other, route);
        if (search.kind === 'found') equals.unshift({ other, search });
      }
      const [first] = equals;
      if (!first) return [];
      return [
        {
          at: route.item.atKey('match'),
          subject: route.item.key,
          message: `route \`${route.item.name}\` ties with ${equals.map(({ other }) => `\`${other.item.name}\``).join(', ')}: equally specific, same priority, and some requests fit both`,
          hint: 'Give one of them another `priority`, or one more condition.',
          related: equals.slice(0, 5).map(({ other }) => {
            const { file, line } = other.item.atKey('match');
            return { file, line, message: `\`${other.item.name}\` is equally specific` };
          }),
          witness: first.search.request,
        },
      ];
    });
  },
};

/** A request that fits both and that no better route takes away. */
function overlap({ routes, world }: LintContext, a: RankedRoute, b: RankedRoute): WitnessSearch {
  const better = routes.filter(
    (route) =>
      !route.hasWhen &&
      compareRank(route, a) < 0 &&
      !areApart(route.matcher, a.matcher) &&
      !areApart(route.matcher, b.matcher),
  );
  const misses = better.map(({ matcher }) => matcher);
  return findWitness({ fits: [a.matcher, b.matcher], misses, onlyUsual: true }, world);
}

import type { Matcher } from '#snapshot';
import type { LintContext } from '../context.ts';
import { findWitness } from '../matcher-space.ts';
import type { Rule } from '../rule.ts';

/** A route that no request can fit. */
export const routeEmptyMatch: Rule = {
  meta: {
    id: 'route/empty-match',
    severity: 'error',
    summary: 'No request can fit the conditions of a route.',
    why: 'All conditions of a `match` must hold at once. A pattern that fits no declared consumer, or a consumer whose labels contradict the wanted ones, makes a route that never fires while everybody believes it does.',
    bad: `
kind: Consumer
metadata: { name: product-team, labels: { team: product } }
---
kind: Route
metadata: { name: test-only }
spec: { match: { consumers: [product-team], labels: { team: [test] } }, chain: economy }`,
    good: `
kind: Consumer
metadata: { name: product-team, labels: { team: product } }
---
kind: Route
metadata: { name: product-only }
spec: { match: { consumers: [product-team], labels: { team: [product] } }, chain: economy }`,
  },
  check(context) {
    const { routes, world } = context;
    return routes
      .filter(({ matcher }) => findWitness({ fits: [matcher], misses: [] }, world).kind === 'none')
      .map(({ item, matcher }) => {
        const { path, reason } = blame(context, matcher);
        return {
          at: item.atKey('match', ...path),
          subject: item.key,
          message: `no request can fit route \`${item.name}\`: ${reason}`,
          hint: 'Correct the condition, or remove the route.',
        };
      });
  },
};

/** The condition that alone fits nobody, else the pair that contradicts itself. */
function blame(
  { world }: LintContext,
  matcher: Matcher,
): { readonly path: readonly string[]; readonly reason: string } {
  const free: Matcher = {
    consumers: null,
    labels: [],
    endpoints: null,
    paths: null,
    models: null,
    metadata: [],
    headers: [],
    when: null,
  };
  const isEmpty = (part: Partial<Matcher>): boolean =>
    findWitness({ fits: [{ ...free, ...part }], misses: [] }, world).kind === 'none';
  if (isEmpty({ consumers: matcher.consumers })) {
    return { path: ['consumers'], reason: 'no consumer of this environment fits `consumers`' };
  }
  if (isEmpty({ labels: matcher.labels })) {
    return { path: ['labels'], reason: 'no consumer of this environment has these labels' };
  }
  if (isEmpty({ consumers: matcher.consumers, labels: matcher.labels })) {
    return { path: ['labels'], reason: 'none of the consumers it names has these labels' };
  }
  if (isEmpty({ paths: matcher.paths }))
    return { path: ['paths'], reason: 'no path begins like this; paths begin with `/`' };
  return { path: [], reason: 'its conditions contradict one another' };
}

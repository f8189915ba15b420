import type { Rule } from '../rule.ts';

const MIN_RECORDS = 100;

/** A route that nobody takes. */
export const routeUnused: Rule = {
  meta: {
    id: 'route/unused',
    severity: 'warn',
    needs: 'traffic',
    summary: 'No recorded request takes the route.',
    why: 'It is dead, or its conditions do not say what was meant; either way it is reviewed, tested and believed in.',
    bad: `
kind: Route
metadata: { name: forgotten }
spec: { match: { paths: [/forgotten] }, chain: quick }`,
    good: `
kind: Route
metadata: { name: busy }
spec: { match: { paths: [/busy] }, chain: quick }`,
    options: `Told with \`--traffic\` only, from ${MIN_RECORDS} records on. The route for everything else may be empty.`,
    waive: 'For a route that is meant for rare events, or that is about to be used.',
  },
  check({ routes, evidence }) {
    if (!evidence || evidence.records < MIN_RECORDS) return [];
    return routes
      .filter(({ item, specificity: [conditions] }) => conditions > 0 && !evidence.routes.get(item.name))
      .map(({ item }) => ({
        at: item.atKey('match'),
        subject: item.key,
        message: `none of ${evidence.records} recorded requests takes route \`${item.name}\``,
        hint: 'Check its conditions with `signalbox explain --why-not`, or remove it.',
      }));
  },
};

import type { Rule } from '../rule.ts';

/** Requests that no route takes, and nothing says so on purpose. */
export const routeNoDefault: Rule = {
  meta: {
    id: 'route/no-default',
    severity: 'error',
    summary: 'No route takes what all others leave over.',
    why: 'A caller with a model, a path or a label that nobody thought of gets a surprising 404 `no_route`. Either something answers, or a route with `deny` says on purpose that nothing does.',
    bad: `
kind: Route
metadata: { name: gpt }
spec: { match: { models: ["openai/*"] }, chain: premium }`,
    good: `
kind: Route
metadata: { name: gpt }
spec: { match: { models: ["openai/*"] }, chain: premium }
---
kind: Route
metadata: { name: everything-else }
spec: { match: {}, deny: { status: 404, message: Ask the platform team for a route. } }`,
    waive: 'When a gateway is meant to serve nothing but the listed requests and the plain 404 is wanted.',
  },
  check({ every, routes, parsed, unreadKinds }) {
    if (routes.some(({ specificity: [conditions] }) => conditions === 0) || unreadKinds.has('Route')) return [];
    const project = every('Project')[0];
    const place = project?.atName() ?? routes[0]?.item.atName() ?? parsed.documents[0]?.valueSpan(['metadata', 'name']);
    if (!place) return [];
    return [
      {
        at: place,
        subject: project?.key ?? routes[0]?.item.key ?? 'Project/default',
        message:
          routes.length === 0
            ? 'there is no route at all: every request is answered with 404 `no_route`'
            : 'no route takes the requests that all others leave over: they are answered with 404 `no_route`',
        hint: 'Add a route with `match: {}`, with a `chain` or with a `deny`.',
        witness: { endpoint: 'chat', model: 'a-model-nobody-named' },
      },
    ];
  },
};

import type { Rule } from '../rule.ts';

/** A caller's words among the instructions. */
export const promptFreeVariable: Rule = {
  meta: {
    id: 'prompt/free-variable',
    severity: 'warn',
    since: '2026-12',
    summary: 'A variable of a prompt comes from metadata or a header and takes any value.',
    why: 'Models obey their instructions, and here a caller, or whoever reaches its metadata, writes some of them. Escaping keeps a value in its place; it does not keep a model from doing what it says.',
    bad: `
kind: Route
metadata: { name: support }
spec:
  match: {}
  prompt:
    append: "The customer asks about {{topic}}."
    variables: { topic: { metadata: topic, default: general } }`,
    good: `
kind: Route
metadata: { name: support }
spec:
  match: {}
  prompt:
    append: "The customer asks about {{topic}}."
    variables: { topic: { metadata: topic, default: general, values: [returns, shipping] } }`,
    waive: 'When the values cannot be listed and every caller of the route is trusted.',
  },
  check({ every }) {
    return every('Route').flatMap((route) =>
      Object.entries(route.spec.prompt?.variables ?? {})
        .filter(([, { metadata, header, values }]) => (metadata ?? header) !== undefined && values === undefined)
        .map(([name, { metadata }]) => ({
          at: route.atKey('prompt', 'variables', name),
          subject: route.key,
          message: `whatever a caller sends as ${metadata === undefined ? 'header' : 'metadata'} stands among the instructions of route \`${route.name}\``,
          hint: 'List the values that it may have under `values`.',
        })),
    );
  },
};

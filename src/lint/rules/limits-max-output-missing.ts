import type { Endpoint } from '#core';
import type { Rule } from '../rule.ts';

/** Calls whose answers are text of any length. */
const WRITING: ReadonlySet<Endpoint> = new Set(['chat', 'responses', 'messages', 'generate', 'completions']);

/** One call, any cost. */
export const limitsMaxOutputMissing: Rule = {
  meta: {
    id: 'limits/max-output-missing',
    severity: 'warn',
    summary: 'A route sets no limit to the length of an answer.',
    why: "One request may then cost what the model's largest answer costs, and every budget has to hold that much for each request under way.",
    bad: `
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }`,
    good: `
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium, limits: { maxOutputTokens: 4096 } }`,
    waive: 'When answers are meant to be as long as the model can write.',
  },
  check({ every }) {
    return every('Route')
      .filter(({ spec }) => spec.deny === undefined && spec.limits?.maxOutputTokens === undefined)
      .filter(({ spec }) => spec.match.endpoints?.some((endpoint) => WRITING.has(endpoint)) ?? true)
      .map((route) => ({
        at: route.spec.limits ? route.atKey('limits') : route.atName(),
        subject: route.key,
        message: `route \`${route.name}\` sets no limit to the length of an answer`,
        hint: 'Add `limits.maxOutputTokens`.',
      }));
  },
};

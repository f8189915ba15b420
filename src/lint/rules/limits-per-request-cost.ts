import { formatMoney } from '#core';
import type { Rule } from '../rule.ts';
import { worstCaseOf } from '../worst-case.ts';

const MAX_USD = 5;

/** A single call that hurts. */
export const limitsPerRequestCost: Rule = {
  meta: {
    id: 'limits/per-request-cost',
    severity: 'warn',
    summary: `One answer on a route may cost more than ${MAX_USD} USD.`,
    why: 'A million tokens pasted into a chat are one request. Budgets hold the month; only a limit of the route holds the single call.',
    bad: `
kind: Chain
metadata: { name: best }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: opus, model: anthropic/claude-opus-4-8 }] }
---
kind: Route
metadata: { name: research }
spec: { match: {}, chain: best }`,
    good: `
kind: Chain
metadata: { name: best }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: opus, model: anthropic/claude-opus-4-8 }] }
---
kind: Route
metadata: { name: research }
spec: { match: {}, chain: best, limits: { maxInputTokens: 100000, maxOutputTokens: 16000 } }`,
    options: `The ceiling is ${MAX_USD} USD for the dearest target, with as many tokens as the route and the model allow. \`limits.maxRequestCost\` is a ceiling too.`,
    waive: 'When such calls are what the route is for.',
  },
  check(context) {
    return context.routes.flatMap(({ item: route }) => {
      const worst = worstCaseOf(context, route);
      const answer = worst?.answerMicroUsd ?? null;
      if (answer === null || answer <= MAX_USD * 1_000_000) return [];
      return [
        {
          at: route.spec.limits ? route.atKey('limits') : route.at('chain'),
          subject: route.key,
          message: `one answer of \`${worst?.dearestModel}\` on route \`${route.name}\` may cost ${formatMoney(answer)}`,
          hint: 'Set `limits.maxInputTokens` and `limits.maxOutputTokens`, or `limits.maxRequestCost`.',
        },
      ];
    });
  },
};

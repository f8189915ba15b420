import { parseShare } from '#core';
import type { AlertSpec } from '#snapshot';
import type { LintContext } from '../context.ts';
import type { Rule } from '../rule.ts';

/** Metrics that are parts of a whole. */
const SHARES: ReadonlySet<string> = new Set(['error-rate', 'fallback-share', 'cache-hit-rate']);

/** An alert that can never fire. */
export const alertImpossible: Rule = {
  meta: {
    id: 'alert/impossible',
    severity: 'error',
    summary: "An alert's threshold can never be passed.",
    why: 'An alert that cannot fire is worse than none: everybody believes that somebody is watching. `above` and `below` are strict.',
    bad: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: errors }
spec: { when: { metric: error-rate, above: 100%, over: 5m }, to: [ops] }`,
    good: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: errors }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }`,
  },
  check(context) {
    return context.every('Alert').flatMap((alert) => {
      const problem = findProblem(context, alert.spec.when);
      if (problem === null) return [];
      return [
        {
          at: alert.at('when', problem.field),
          subject: alert.key,
          message: `alert \`${alert.name}\` can never fire: ${problem.reason}`,
          hint: 'Change the threshold.',
        },
      ];
    });
  },
};

function findProblem(
  { find }: LintContext,
  when: AlertSpec['when'],
): { readonly field: 'above' | 'below'; readonly reason: string } | null {
  const above = parseShare(when.above ?? '');
  const below = parseShare(when.below ?? '');
  if (SHARES.has(when.metric)) {
    if (above !== null && above >= 1) return { field: 'above', reason: 'a share is never more than 100%' };
    if (below !== null && below <= 0) return { field: 'below', reason: 'a share is never less than 0%' };
  }
  if (when.metric !== 'budget-used' || above === null || above < 1) return null;
  const budget = find('Budget', when.budget ?? '');
  if (budget?.spec.onExhausted !== 'deny') return null;
  return { field: 'above', reason: `budget \`${budget.name}\` refuses requests before more than 100% is spent` };
}

import type { BudgetSpec, RouteSpec } from '#snapshot';
import { callersOf, coversCaller, fitsAny } from '../budget-cover.ts';
import { countsSpending } from '../budget-family.ts';
import type { LintContext } from '../context.ts';
import type { Item } from '../item.ts';
import type { Rule } from '../rule.ts';

/** An outage of one's own making. */
export const budgetHardStopCritical: Rule = {
  meta: {
    id: 'budget/hard-stop-critical',
    severity: 'warn',
    summary: 'A budget that refuses requests at its end covers a route tagged `critical`.',
    why: 'The tag says that the route must not stop; the budget will stop it on the day when it is needed most. A budget that only warns or goes on with a cheaper chain keeps both promises.',
    bad: `
kind: Chain
metadata: { name: premium }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }
---
kind: Route
metadata: { name: checkout }
spec: { match: {}, chain: premium, tags: [critical] }
---
kind: Budget
metadata: { name: month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
    good: `
kind: Chain
metadata: { name: premium }
spec: { defaults: { timeouts: { total: 30s } }, targets: [{ id: gpt, model: openai/gpt-4o }] }
---
kind: Route
metadata: { name: checkout }
spec: { match: {}, chain: premium, tags: [critical] }
---
kind: Budget
metadata: { name: month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, onExhausted: warn }`,
    waive: 'When the bill matters more than the route.',
  },
  check(context) {
    const critical = context.every('Route').filter(({ spec }) => spec.tags?.includes('critical') && !spec.deny);
    if (critical.length === 0) return [];
    return context.every('Budget').flatMap((budget) => {
      if (budget.spec.onExhausted !== 'deny' || !countsSpending(budget.spec)) return [];
      const route = critical.find((each) => mayStop(budget.spec, each, context));
      if (!route) return [];
      const { file, line } = route.at('tags');
      return [
        {
          at: budget.at('onExhausted'),
          subject: budget.key,
          message: `budget \`${budget.name}\` stops route \`${route.name}\`, which is tagged \`critical\``,
          hint: 'Use `onExhausted: warn` or a cheaper chain, or leave the route out by `scope.routes`.',
          related: [{ file, line, message: 'tagged here' }],
        },
      ];
    });
  },
};

function mayStop({ scope = {} }: BudgetSpec, route: Item<RouteSpec>, context: LintContext): boolean {
  if (!fitsAny(scope.routes, route.name)) return false;
  const callers = callersOf(route, context);
  if (callers.length === 0) return scope.consumers === undefined || scope.consumers.length === 0;
  return callers.some((line) => line.some((_, from) => coversCaller(scope, line.slice(from))));
}

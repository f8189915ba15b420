import type { BudgetSpec } from '#snapshot';
import { type CallerLine, lineOf } from '../budget-cover.ts';
import { ownerOf, windowMs } from '../budget-family.ts';
import type { LintContext } from '../context.ts';
import type { Item } from '../item.ts';
import type { Rule } from '../rule.ts';

const WEEK_MS = 7 * 86_400_000;

/** Nobody looks ahead. */
export const budgetNoForecastAlert: Rule = {
  meta: {
    id: 'budget/no-forecast-alert',
    severity: 'info',
    summary: 'A hard limit of a week or more has no alert that looks ahead, and neither has one above it.',
    why: 'Shares of a month that is spent say little on the tenth; a forecast says on the tenth that the money ends on the twentieth, while there is time to talk. One on the budget at the top is enough for all below.',
    bad: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
    good: `
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Alert
metadata: { name: month-ends-early }
spec: { when: { metric: forecast, budget: product-month, within: 3d }, to: [ops] }
---
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
    options: 'Nothing is said of a tree without any Receiver: there is nobody to tell yet.',
    waive: 'When a budget is meant to run out.',
  },
  check(context) {
    const { every } = context;
    if (context.unreadKinds.has('Alert') || every('Receiver').length === 0) return [];
    const foreseen = new Set(
      every('Alert').flatMap(({ spec: { when } }) => (when.metric === 'forecast' ? [when.budget] : [])),
    );
    const long = every('Budget').filter(
      ({ spec }) => spec.limit.cost !== undefined && spec.onExhausted === 'deny' && windowMs(spec) >= WEEK_MS,
    );
    return long
      .filter(({ name }) => !foreseen.has(name))
      .filter((budget) => {
        const counted = linesOf(budget, context).map((line) => line.map(({ name }) => name));
        const isAbove = (owner: string | null): boolean =>
          owner !== null && counted.some((line) => line.indexOf(owner) > 0);
        const isBeside = (owner: string | null): boolean =>
          owner !== null && counted.some((line) => line.includes(owner));
        return !every('Budget').some((other) => {
          const owner = ownerOf(other.spec);
          return foreseen.has(other.name) ? isBeside(owner) : long.includes(other) && isAbove(owner);
        });
      })
      .map((budget) => ({
        at: budget.atName(),
        subject: budget.key,
        message: `no alert says in time when budget \`${budget.name}\` will be spent before its window ends`,
        hint: `Add an Alert with \`when: { metric: forecast, budget: ${budget.name}, within: 3d }\`.`,
      }));
  },
};

/** Those whom a budget counts by name, each with its parents. */
function linesOf({ spec }: Item<BudgetSpec>, context: LintContext): readonly CallerLine[] {
  return (spec.scope?.consumers ?? []).flatMap((name) => {
    const consumer = context.find('Consumer', name);
    return consumer ? [lineOf(consumer, context)] : [];
  });
}

import { limitOf } from '../budget-family.ts';
import type { Rule } from '../rule.ts';

const MIN_WINDOWS = 5;

/** Refused from the first day. */
export const budgetTooTight: Rule = {
  meta: {
    id: 'budget/too-tight',
    severity: 'warn',
    needs: 'traffic',
    summary: 'In one of twenty recorded windows more was counted than the limit allows.',
    why: 'The limit stops what is normal today: the change that brings it is an outage.',
    bad: `
kind: Budget
metadata: { name: tight }
spec: { limit: { cost: "5 USD" }, window: { every: day, timezone: UTC }, onExhausted: deny }`,
    good: `
kind: Budget
metadata: { name: fitting }
spec: { limit: { cost: "50 USD" }, window: { every: day, timezone: UTC }, onExhausted: deny }`,
    options: `Told with \`--traffic\` only, from ${MIN_WINDOWS} windows on.`,
    waive: 'When the spending is meant to fall.',
  },
  check({ every, evidence }) {
    return every('Budget').flatMap((budget) => {
      const windows = (evidence?.budgets.get(budget.name) ?? []).toSorted((a, b) => a - b);
      const high = windows[Math.ceil(windows.length * 0.95) - 1] ?? 0;
      if (windows.length < MIN_WINDOWS || high <= limitOf(budget.spec)) return [];
      return [
        {
          at: budget.at('limit'),
          subject: budget.key,
          message: `${windows.filter((each) => each > limitOf(budget.spec)).length} of ${windows.length} recorded windows counted more than budget \`${budget.name}\` allows`,
          hint: 'Raise the limit, or let it warn first.',
        },
      ];
    });
  },
};

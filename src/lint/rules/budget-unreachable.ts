import { limitOf, windowMs } from '../budget-family.ts';
import type { Rule } from '../rule.ts';

const MAX_FACTOR = 10;
const DAY_MS = 86_400_000;

/** A limit for show. */
export const budgetUnreachable: Rule = {
  meta: {
    id: 'budget/unreachable',
    severity: 'warn',
    needs: 'traffic',
    summary: 'The limit is more than ten times what was ever counted in one of its windows.',
    why: 'A loop may spend ten times the usual before anybody is stopped: the limit is decoration.',
    bad: `
kind: Budget
metadata: { name: wide }
spec: { limit: { cost: "1000 USD" }, window: { every: day, timezone: UTC }, onExhausted: deny }`,
    good: `
kind: Budget
metadata: { name: fitting }
spec: { limit: { cost: "50 USD" }, window: { every: day, timezone: UTC }, onExhausted: deny }`,
    options: `Told with \`--traffic\` only, from one whole window on. The factor is ${MAX_FACTOR}.`,
    waive: 'When growth is expected.',
  },
  check({ every, evidence }) {
    return every('Budget').flatMap((budget) => {
      const windows = evidence?.budgets.get(budget.name) ?? [];
      const peak = Math.max(0, ...windows);
      const isWhole = evidence !== null && evidence.days * DAY_MS >= windowMs(budget.spec);
      if (!isWhole || peak === 0 || limitOf(budget.spec) <= peak * MAX_FACTOR) return [];
      return [
        {
          at: budget.at('limit'),
          subject: budget.key,
          message: `the limit of budget \`${budget.name}\` is ${Math.round(limitOf(budget.spec) / peak)} times the most that was counted in one window`,
          hint: 'Lower it to two or three times the usual.',
        },
      ];
    });
  },
};

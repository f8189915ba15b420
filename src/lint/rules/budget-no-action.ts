import type { Rule } from '../rule.ts';

/** A limit that limits nothing. */
export const budgetNoAction: Rule = {
  meta: {
    id: 'budget/no-action',
    severity: 'error',
    summary: 'A budget does not say what happens at its end.',
    why: 'A limit without `onExhausted` only counts. There is no default on purpose: refusing customers, going on with a cheaper chain or only warning are decisions somebody has to make.',
    bad: `
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: Asia/Tokyo } }`,
    good: `
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: Asia/Tokyo }, onExhausted: deny }`,
  },
  check({ every }) {
    return every('Budget')
      .filter(({ spec }) => spec.onExhausted === undefined)
      .map((budget) => ({
        at: budget.atName(),
        subject: budget.key,
        message: `budget \`${budget.name}\` does not say what happens when it is exhausted`,
        hint: 'Add `onExhausted: deny`, `warn`, or `{ chain: NAME }`.',
      }));
  },
};

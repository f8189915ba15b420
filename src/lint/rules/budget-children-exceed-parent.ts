import { childrenOfSameWindow, limitOf, relatedChildren, sumOfLimits } from '../budget-family.ts';
import type { Rule } from '../rule.ts';

/** Children that may together spend more than their parent. */
export const budgetChildrenExceedParent: Rule = {
  meta: {
    id: 'budget/children-exceed-parent',
    severity: 'error',
    summary: "The hard limits of a consumer's children add up to more than its own.",
    why: 'The parent is exhausted while each child still believes to have money: whoever asks last is refused, whatever was promised. Compared are budgets of one consumer each, with the same unit and window, that deny.',
    bad: `
kind: Consumer
metadata: { name: company }
---
kind: Consumer
metadata: { name: product }
spec: { parent: company }
---
kind: Budget
metadata: { name: company-month }
spec: { scope: { consumers: [company] }, limit: { cost: "100 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }
---
kind: Budget
metadata: { name: product-month }
spec: { scope: { consumers: [product] }, limit: { cost: "150 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
    good: `
kind: Consumer
metadata: { name: company }
---
kind: Consumer
metadata: { name: product }
spec: { parent: company }
---
kind: Budget
metadata: { name: company-month }
spec: { scope: { consumers: [company] }, limit: { cost: "200 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }
---
kind: Budget
metadata: { name: product-month }
spec: { scope: { consumers: [product] }, limit: { cost: "150 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
    waive: 'When children are known not to spend their limits in the same window.',
  },
  check(context) {
    return context.every('Budget').flatMap((parent) => {
      if (parent.spec.onExhausted !== 'deny') return [];
      const children = childrenOfSameWindow(context, parent).filter(({ spec }) => spec.onExhausted === 'deny');
      const limit = limitOf(parent.spec);
      const sum = sumOfLimits(children);
      if (children.length === 0 || sum <= limit) return [];
      return [
        {
          at: parent.at('limit'),
          subject: parent.key,
          message: `the budgets below \`${parent.name}\` (${children.map(({ name }) => name).join(', ')}) allow ${share(sum, limit)} of its limit together`,
          hint: 'Raise this limit, or lower those of the children.',
          related: relatedChildren(children),
        },
      ];
    });
  },
};

function share(sum: number, limit: number): string {
  return limit === 0 ? 'more' : `${Math.round((sum / limit) * 100)} %`;
}

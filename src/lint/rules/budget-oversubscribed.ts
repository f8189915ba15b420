import { childrenOfSameWindow, limitOf, relatedChildren, sumOfLimits } from '../budget-family.ts';
import { optionsOf } from '../options.ts';
import type { Rule } from '../rule.ts';

const MAX_FACTOR = 1.5;

/** More promised than there is. */
export const budgetOversubscribed: Rule = {
  meta: {
    id: 'budget/oversubscribed',
    severity: 'warn',
    summary: `The soft limits of a consumer's children add up to more than ${MAX_FACTOR} times its own.`,
    why: 'Limits that only warn or move to a cheaper chain may be planned a little too high, since seldom everybody spends everything. Beyond that the overrun is planned, and the parent ends it for all of them.',
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
spec: { scope: { consumers: [product] }, limit: { cost: "200 USD" }, window: { every: month, timezone: UTC }, onExhausted: warn }`,
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
spec: { scope: { consumers: [company] }, limit: { cost: "150 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }
---
kind: Budget
metadata: { name: product-month }
spec: { scope: { consumers: [product] }, limit: { cost: "200 USD" }, window: { every: month, timezone: UTC }, onExhausted: warn }`,
    options: `\`factor\`, ${MAX_FACTOR} unless set. Hard limits have a rule of their own, \`budget/children-exceed-parent\`.`,
    set: '{ factor: 2 }',
    waive: 'When children are known not to spend their limits in the same window.',
  },
  check(context) {
    const { factor = MAX_FACTOR } = optionsOf(context, 'budget/oversubscribed');
    return context.every('Budget').flatMap((parent) => {
      const children = childrenOfSameWindow(context, parent).filter(
        ({ spec }) => spec.onExhausted !== undefined && spec.onExhausted !== 'deny',
      );
      const limit = limitOf(parent.spec);
      const sum = sumOfLimits(children);
      if (children.length === 0 || sum <= limit * factor) return [];
      return [
        {
          at: parent.at('limit'),
          subject: parent.key,
          message: `the soft limits below \`${parent.name}\` (${children.map(({ name }) => name).join(', ')}) add up to more than ${factor} times its own`,
          hint: 'Raise this limit, or lower those of the children.',
          related: relatedChildren(children),
        },
      ];
    });
  },
};

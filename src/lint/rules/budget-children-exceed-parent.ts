import { parseMoney } from '#core';
import type { BudgetSpec } from '#snapshot';
import type { LintContext } from '../context.ts';
import type { Item } from '../item.ts';
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
      const owner = ownerOf(parent.spec);
      if (owner === null || parent.spec.onExhausted !== 'deny') return [];
      const children = childBudgets(context, parent, owner);
      const limit = limitOf(parent.spec);
      const sum = children.reduce((total, child) => total + limitOf(child.spec), 0);
      if (children.length === 0 || sum <= limit) return [];
      return [
        {
          at: parent.at('limit'),
          subject: parent.key,
          message: `the budgets below \`${parent.name}\` (${children.map(({ name }) => name).join(', ')}) allow ${share(sum, limit)} of its limit together`,
          hint: 'Raise this limit, or lower those of the children.',
          related: children.map((child) => {
            const { file, line } = child.at('limit');
            return { file, line, message: `\`${child.name}\` counts here too` };
          }),
        },
      ];
    });
  },
};

/** Budgets of the consumers directly below, same unit, same window, with an end of their own. */
function childBudgets(
  { every, find }: LintContext,
  parent: Item<BudgetSpec>,
  owner: string,
): readonly Item<BudgetSpec>[] {
  return every('Budget').filter(({ spec }) => {
    const consumer = ownerOf(spec);
    if (consumer === null || spec.onExhausted !== 'deny') return false;
    if (find('Consumer', consumer)?.spec.parent !== owner) return false;
    return unitOf(spec) === unitOf(parent.spec) && windowOf(spec) === windowOf(parent.spec);
  });
}

/** The one consumer a budget is about, when nothing else narrows it. */
function ownerOf({ scope = {}, per = [] }: BudgetSpec): string | null {
  const { consumers = [], ...others } = scope;
  const [only] = consumers;
  if (only === undefined || consumers.length > 1 || only.includes('*')) return null;
  return Object.keys(others).length === 0 && per.length === 0 ? only : null;
}

function unitOf({ limit }: BudgetSpec): string {
  return Object.keys(limit)[0] ?? '';
}

function windowOf({ window }: BudgetSpec): string {
  return window.every ?? window.rolling ?? '';
}

function limitOf({ limit }: BudgetSpec): number {
  if (limit.cost !== undefined) return parseMoney(limit.cost) ?? 0;
  return Number(Object.values(limit)[0] ?? 0);
}

function share(sum: number, limit: number): string {
  return limit === 0 ? 'more' : `${Math.round((sum / limit) * 100)} %`;
}

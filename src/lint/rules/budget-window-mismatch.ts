import type { BudgetSpec } from '#snapshot';
import { childBudgets, windowMs, windowOf } from '../budget-family.ts';
import type { LintContext } from '../context.ts';
import type { Item } from '../item.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** Budgets whose counters begin anew at moments nobody expects. */
export const budgetWindowMismatch: Rule = {
  meta: {
    id: 'budget/window-mismatch',
    severity: 'error',
    summary:
      "A calendar window has no timezone, or a child's window is longer than every window of its parent's budgets.",
    why: 'Without a timezone nobody can say when the month ends. And a child that may spend its month at once empties the day of the whole organisation: the limits look as if they fitted and reset at different times.',
    bad: `
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month }, onExhausted: deny }`,
    good: `
kind: Budget
metadata: { name: product-month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: Asia/Tokyo }, onExhausted: deny }`,
    options: 'A timezone for every budget can be set once, as `Project.spec.timezone`.',
  },
  check: (context) => [...withoutTimezone(context), ...longerThanParent(context)],
};

function withoutTimezone({ every }: LintContext): readonly RuleFinding[] {
  if (every('Project')[0]?.spec.timezone !== undefined) return [];
  return every('Budget')
    .filter(({ spec: { window } }) => window.every !== undefined && window.timezone === undefined)
    .map((budget) => ({
      at: budget.atKey('window'),
      subject: budget.key,
      message: `nobody says in which timezone the ${budget.spec.window.every} of budget \`${budget.name}\` begins`,
      hint: 'Add `timezone` to the window, or set it for all budgets in the Project document.',
    }));
}

function longerThanParent(context: LintContext): readonly RuleFinding[] {
  const parentsOf = new Map<string, Item<BudgetSpec>[]>();
  for (const parent of context.every('Budget')) {
    if (parent.spec.limit.concurrency !== undefined) continue;
    for (const child of childBudgets(context, parent)) {
      parentsOf.set(child.name, [...(parentsOf.get(child.name) ?? []), parent]);
    }
  }
  return context.every('Budget').flatMap((child) => {
    const parents = parentsOf.get(child.name) ?? [];
    const [longest] = parents.toSorted((a, b) => windowMs(b.spec) - windowMs(a.spec));
    if (!longest || windowMs(longest.spec) >= windowMs(child.spec)) return [];
    const { file, line } = longest.at('window');
    return [
      {
        at: child.at('window'),
        subject: child.key,
        message: `budget \`${child.name}\` counts by ${windowOf(child.spec)}, the budget \`${longest.name}\` above it only by ${windowOf(longest.spec)}`,
        hint: 'Use the same window in both, or a longer one above.',
        related: [{ file, line, message: 'the window above' }],
      },
    ];
  });
}

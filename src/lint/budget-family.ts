import { parseDuration, parseMoney } from '#core';
import type { BudgetSpec, ConsumerSpec } from '#snapshot';
import { lineOf } from './budget-cover.ts';
import type { LintContext } from './context.ts';
import type { Item } from './item.ts';
import type { RuleFinding } from './rule.ts';

const DAY_MS = 86_400_000;
const EVERY_MS: Readonly<Record<NonNullable<BudgetSpec['window']['every']>, number>> = {
  hour: DAY_MS / 24,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 31 * DAY_MS,
  quarter: 92 * DAY_MS,
};

/** The one consumer a budget is about, when nothing else narrows it. Pure. */
export function ownerOf({ scope = {}, per = [] }: BudgetSpec): string | null {
  const { consumers = [], ...others } = scope;
  const [only] = consumers;
  if (only === undefined || consumers.length > 1 || only.includes('*')) return null;
  return Object.keys(others).length === 0 && per.length === 0 ? only : null;
}

/** What a budget counts: `cost`, `tokens`, …. Pure. */
export function unitOf({ limit }: BudgetSpec): string {
  return Object.keys(limit)[0] ?? '';
}

/** The window as written, to tell equal ones. Pure. */
export function windowOf({ window }: BudgetSpec): string {
  return window.every ?? window.rolling ?? '';
}

/** The longest a window can be, in ms. Pure. */
export function windowMs({ window }: BudgetSpec): number {
  if (window.every !== undefined) return EVERY_MS[window.every];
  return parseDuration(window.rolling ?? '') ?? 0;
}

/** The limit in micro-USD or as a count. Pure. */
export function limitOf({ limit }: BudgetSpec): number {
  if (limit.cost !== undefined) return parseMoney(limit.cost) ?? 0;
  return Number(Object.values(limit)[0] ?? 0);
}

/** Whether the budget counts what is spent, as opposed to how often or how many at once. Pure. */
export function countsSpending({ limit }: BudgetSpec): boolean {
  return limit.requests === undefined && limit.concurrency === undefined;
}

/** Budgets of one consumer each, directly below the owner of a budget, that count in the same unit. Pure. */
export function childBudgets(context: LintContext, parent: Item<BudgetSpec>): readonly Item<BudgetSpec>[] {
  const owner = ownerOf(parent.spec);
  const above = context.find('Consumer', owner ?? '');
  if (owner === null || !above) return [];
  const line = lineOf(above, context);
  const below = budgetsByParent(context).get(owner) ?? [];
  // Whoever is its own ancestor is found when references are followed.
  return below
    .filter(({ child, budget }) => !line.includes(child) && unitOf(budget.spec) === unitOf(parent.spec))
    .map(({ budget }) => budget);
}

interface ChildBudget {
  readonly child: Item<ConsumerSpec>;
  readonly budget: Item<BudgetSpec>;
}

/** Made once for each environment: three rules ask for every budget, which would look at every pair. */
const families = new WeakMap<LintContext, ReadonlyMap<string, readonly ChildBudget[]>>();

/** Budgets of one consumer each, in order, by the name of the consumer's parent. */
function budgetsByParent(context: LintContext): ReadonlyMap<string, readonly ChildBudget[]> {
  const known = families.get(context);
  if (known !== undefined) return known;
  const owned = context.every('Budget').flatMap((budget): readonly ChildBudget[] => {
    const child = context.find('Consumer', ownerOf(budget.spec) ?? '');
    return child?.spec.parent === undefined ? [] : [{ child, budget }];
  });
  const family = Map.groupBy(owned, ({ child }) => child.spec.parent ?? '');
  families.set(context, family);
  return family;
}

/** Children of the same window, whose limits can be added up. Pure. */
export function childrenOfSameWindow(context: LintContext, parent: Item<BudgetSpec>): readonly Item<BudgetSpec>[] {
  return childBudgets(context, parent).filter(({ spec }) => windowOf(spec) === windowOf(parent.spec));
}

/** What the limits of budgets add up to, in micro-USD or as a count. Pure. */
export function sumOfLimits(budgets: readonly Item<BudgetSpec>[]): number {
  return budgets.reduce((total, { spec }) => total + limitOf(spec), 0);
}

/** The places of a parent's children, for a finding about what they add up to. Pure. */
export function relatedChildren(children: readonly Item<BudgetSpec>[]): NonNullable<RuleFinding['related']> {
  return children.map((child) => {
    const { file, line } = child.at('limit');
    return { file, line, message: `\`${child.name}\` counts here too` };
  });
}

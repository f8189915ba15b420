import type { BudgetSpec } from '#snapshot';
import { type CallerLine, callersOf, coversCaller, coversHop } from '../budget-cover.ts';
import { countsSpending } from '../budget-family.ts';
import type { LintContext } from '../context.ts';
import { type Hop, hopsOf } from '../hops.ts';
import type { Item } from '../item.ts';
import type { Rule } from '../rule.ts';

/** A fallback that spends outside of every budget. */
export const budgetFallbackBypass: Rule = {
  meta: {
    id: 'budget/fallback-bypass',
    severity: 'error',
    summary: 'A budget counts some targets of a chain, and no budget of the same caller counts the others.',
    why: 'The limit holds until the first outage: then the calls go to a model that the scope does not name, and are spent without an end. What is charged is the model that served.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Consumer
metadata: { name: product-team }
---
kind: Budget
metadata: { name: product-month }
spec:
  scope: { consumers: [product-team], models: ["openai/*"] }
  limit: { cost: "1000 USD" }
  window: { every: month, timezone: UTC }
  onExhausted: deny`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: gpt, model: openai/gpt-4o }, { id: claude, model: anthropic/claude-sonnet-4-5 }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Consumer
metadata: { name: product-team }
---
kind: Budget
metadata: { name: product-month }
spec:
  scope: { consumers: [product-team] }
  limit: { cost: "1000 USD" }
  window: { every: month, timezone: UTC }
  onExhausted: deny`,
    waive: 'When the targets left out are paid for in another way, such as a machine of your own.',
  },
  check(context) {
    const budgets = context.every('Budget').filter(({ spec }) => countsSpending(spec));
    const partial = budgets.filter(({ spec }) => narrowingField(spec) !== null);
    return partial.flatMap((budget) => {
      const found = firstBypass(context, budget, budgets);
      if (!found) return [];
      const { hop, counted } = found;
      const { file, line } = hop.chain.at('targets', hop.index);
      return [
        {
          at: budget.at('scope', narrowingField(budget.spec) ?? 'models'),
          subject: budget.key,
          message: `budget \`${budget.name}\` counts \`${counted.target.model}\`, but no budget of \`${found.caller}\` counts \`${hop.target.model}\`, to which chain \`${hop.chain.name}\` falls back`,
          hint: 'Widen the scope, or add a budget without `models` and `providers` beside it.',
          related: [{ file, line, message: 'what this target costs counts nowhere' }],
        },
      ];
    });
  },
};

function firstBypass(
  context: LintContext,
  budget: Item<BudgetSpec>,
  budgets: readonly Item<BudgetSpec>[],
): { readonly hop: Hop; readonly counted: Hop; readonly caller: string } | undefined {
  const scope = budget.spec.scope ?? {};
  for (const route of context.every('Route')) {
    const chain = context.find('Chain', route.spec.chain ?? '');
    const hops = chain ? hopsOf(context, chain).filter(({ model }) => model !== undefined) : [];
    const counted = hops.find((hop) => coversHop(scope, route, hop));
    if (!counted || hops.every((hop) => coversHop(scope, route, hop))) continue;
    for (const line of callersOf(route, context).filter((each) => coversCaller(scope, each))) {
      const others = budgets.filter(({ spec }) => coversCallerOrParent(spec, line));
      const hop = hops.find((each) => !others.some(({ spec }) => coversHop(spec.scope ?? {}, route, each)));
      if (hop) return { hop, counted, caller: line[0]?.name ?? '' };
    }
  }
  return undefined;
}

function coversCallerOrParent({ scope = {} }: BudgetSpec, line: CallerLine): boolean {
  return line.some((_, from) => coversCaller(scope, line.slice(from)));
}

function narrowingField({ scope = {} }: BudgetSpec): 'models' | 'providers' | null {
  if (scope.models && scope.models.length > 0) return 'models';
  return scope.providers && scope.providers.length > 0 ? 'providers' : null;
}

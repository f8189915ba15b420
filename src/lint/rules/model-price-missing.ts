import type { BudgetSpec, RouteSpec } from '#snapshot';
import { callersOf, coversCaller, coversHop, fitsAny } from '../budget-cover.ts';
import type { LintContext } from '../context.ts';
import { type Hop, hopsOf } from '../hops.ts';
import type { Item } from '../item.ts';
import type { Rule } from '../rule.ts';

/** Spend that counts as zero. */
export const modelPriceMissing: Rule = {
  meta: {
    id: 'model/price-missing',
    severity: 'error',
    summary: 'A route that a cost budget covers can reach a model without a price.',
    why: 'What has no price cannot be counted: the budget holds a guess and charges nothing certain. Prices of the built-in catalogue can be overridden, missing ones added, by a document of kind Model.',
    bad: `
kind: Model
metadata: { name: openai/unpriced }
spec: { provider: openai }
---
kind: Chain
metadata: { name: premium }
spec: { targets: [{ id: one, model: openai/unpriced, timeouts: { total: 30s } }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Budget
metadata: { name: month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
    good: `
kind: Model
metadata: { name: openai/priced }
spec: { provider: openai, prices: [{ from: 2026-01-01, input: "2.50", output: "10.00" }] }
---
kind: Chain
metadata: { name: premium }
spec: { targets: [{ id: one, model: openai/priced, timeouts: { total: 30s } }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Budget
metadata: { name: month }
spec: { limit: { cost: "1000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }`,
  },
  check(context) {
    const budgets = context.every('Budget').filter(({ spec }) => spec.limit.cost !== undefined);
    const seen = new Set<string>();
    return context.every('Route').flatMap((route) => {
      const chain = context.find('Chain', route.spec.chain ?? '');
      if (!chain) return [];
      return hopsOf(context, chain).flatMap((hop) => {
        if (!hop.model || (hop.model.spec.prices?.length ?? 0) > 0) return [];
        const budget = budgets.find(({ spec }) => mayCover(spec.scope ?? {}, route, hop, context));
        const place = `${hop.chain.key} ${hop.index}`;
        if (!budget || seen.has(place)) return [];
        seen.add(place);
        const { file, line } = budget.at('limit');
        return [
          {
            at: hop.chain.at('targets', hop.index, 'model'),
            subject: hop.chain.key,
            message: `\`${hop.target.model}\` has no price, and route \`${route.name}\` reaches it under the budget \`${budget.name}\``,
            hint: `Add \`prices\` to Model \`${hop.target.model}\`.`,
            related: [{ file, line, message: 'what it costs should count here' }],
          },
        ];
      });
    });
  },
};

/** Whether some request of the route that reaches the rung can be in the budget's scope. Nobody declared may be anybody. */
function mayCover(
  scope: NonNullable<BudgetSpec['scope']>,
  route: Item<RouteSpec>,
  hop: Hop,
  context: LintContext,
): boolean {
  if (!coversHop(scope, route, hop)) return false;
  const callers = callersOf(route, context);
  if (callers.length > 0) return callers.some((line) => coversCaller(scope, line));
  return (route.spec.match.consumers ?? ['*']).some((name) => fitsAny(scope.consumers, name));
}

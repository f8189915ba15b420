import type { Facts } from '#decision';
import type { Budget, Snapshot } from '#snapshot';
import type { Verdict } from './verdict.ts';

/** What recorded counters make of a verdict that no budget stood in the way of. */
export interface BudgetVerdicts {
  /** The verdict with budgets looked at; null where only deciding tells. */
  readonly settle: (verdict: Verdict, counters: Facts['counters'] | undefined, inputTokens: number) => Verdict | null;
}

/** The snapshot with budgets that never run out: their holds come out all the same. Pure. */
export function withoutLimits(snapshot: Snapshot): Snapshot {
  const budgets = [...snapshot.budgets].map(
    ([name, budget]) => [name, { ...budget, limit: Number.POSITIVE_INFINITY }] as const,
  );
  return { ...snapshot, budgets: new Map(budgets) };
}

/** Prepares the budgets of a snapshot. */
export function createBudgetVerdicts(snapshot: Snapshot): BudgetVerdicts {
  // Such a budget refuses by price as well as by amount, and which comes first depends on their order.
  const refusesUnpriced = [...snapshot.budgets.values()].some(({ unpriced }) => unpriced === 'deny');
  const refusals = new Map<string, Verdict>();

  function refusalOf(verdict: Verdict, budget: Budget): Verdict {
    const key = `${budget.name} ${verdict.route}`;
    const known = refusals.get(key);
    if (known !== undefined) return known;
    const isRate = budget.unit === 'requests' || budget.unit === 'concurrency';
    const code = isRate ? 'rate_limited' : 'budget_exceeded';
    const fresh: Verdict = {
      route: verdict.route,
      plan: null,
      status: 429,
      code,
      at: null,
      cache: null,
      budgets: [],
      lacks: [],
      isIncapable: false,
      signature: `deny|${verdict.route}|429|${code}|`,
    };
    refusals.set(key, fresh);
    return fresh;
  }

  function settle(verdict: Verdict, counters: Facts['counters'] | undefined, inputTokens: number): Verdict | null {
    let refusing: Budget | null = null;
    for (const { key, budget: name, hold, leastHold, beyondInput } of verdict.budgets) {
      const budget = snapshot.budgets.get(name);
      if (budget === undefined) return null;
      const state = counters?.[key];
      const taken = state === undefined ? 0 : state.spent + state.held;
      if (taken + hold <= budget.limit) continue;
      const isExact = beyondInput !== null && !canDip(snapshot, verdict);
      if (isExact && taken + beyondInput + inputTokens <= budget.limit) continue;
      const action = budget.onExhausted?.kind ?? 'deny';
      if (action === 'warn') continue;
      const isCertain =
        (isExact || taken + leastHold > budget.limit) &&
        action === 'deny' &&
        !refusesUnpriced &&
        !canDip(snapshot, verdict);
      if (!isCertain) return null;
      refusing ??= budget;
    }
    return refusing === null ? verdict : refusalOf(verdict, refusing);
  }

  return { settle };
}

/** Whether a hold may be smaller within a range than at both of its ends: where only the rest of a context window bounds the output. */
function canDip({ models, routes }: Snapshot, { plan, route }: Verdict): boolean {
  if (routes.get(route ?? '')?.limits.maxOutputTokens != null) return false;
  return plan?.targets.some(({ model }) => models.get(model ?? '')?.maxOutput == null) ?? true;
}

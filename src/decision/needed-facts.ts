import type { Route, Snapshot } from '#snapshot';
import { type BudgetTarget, budgetsInScope } from './budget-scope.ts';
import { type Candidate, directCandidate, reachableFrom } from './candidates.ts';
import type { CounterKey, NeededFacts, RequestFacts } from './types.ts';

/**
 * What has to be read before a request can be decided: the ids of all targets that its route's chain can reach, nested chains and the chains of
 * exhausted budgets included, and the counters of every budget in scope in the windows that hold `nowMs`. Also for a route that no document
 * declares (an inline plan). Pure.
 */
export function neededFacts(snapshot: Snapshot, request: RequestFacts, route: Route, nowMs: number): NeededFacts {
  const candidates = new Map<string, Candidate>();
  const counters = new Map<string, CounterKey>();
  const add = (found: readonly Candidate[]) => {
    for (const candidate of found) candidates.set(candidate.id, candidate);
  };
  add(reachableByRoute(snapshot, request, route));
  const followed = new Set<string>();
  // A budget's chain can bring further models and with them further budgets, so this goes on until nothing is new.
  for (let isNew = true; isNew; ) {
    isNew = false;
    const targets = [...candidates.values()].map(budgetTargetOf);
    for (const { budget, counter } of budgetsInScope(snapshot, request, route.name, targets, nowMs)) {
      counters.set(counter.key, counter);
      if (budget.onExhausted?.kind !== 'chain' || followed.has(budget.onExhausted.chain)) continue;
      followed.add(budget.onExhausted.chain);
      add(reachableFrom(snapshot, budget.onExhausted.chain, request));
      isNew = true;
    }
  }
  return { targets: [...candidates.keys()], counters: [...counters.values()] };
}

function reachableByRoute(snapshot: Snapshot, request: RequestFacts, route: Route): readonly Candidate[] {
  if (route.deny !== null) return [];
  if (route.chain !== null) return reachableFrom(snapshot, route.chain, request);
  const direct = directCandidate(snapshot, route.name, request);
  return direct === null ? [] : [direct];
}

function budgetTargetOf(candidate: Candidate): BudgetTarget {
  return { id: candidate.id, modelName: candidate.modelName, provider: candidate.provider?.name ?? '' };
}

import type { Route, Snapshot } from '#snapshot';
import { type BudgetUse, budgetsInScope } from './budget-scope.ts';
import { type Candidate, directCandidate, reachableFrom } from './candidates.ts';
import type { CounterKey, NeededFacts, RequestFacts } from './types.ts';

/**
 * What has to be read before a request can be decided: the ids of all targets that its route's chain can reach, nested chains and the chains of
 * exhausted budgets included, and the counters of every budget in scope in the windows that hold `nowMs`. Also for a route that no document
 * declares (an inline plan). Pure.
 */
export function neededFacts(snapshot: Snapshot, request: RequestFacts, route: Route, nowMs: number): NeededFacts {
  let candidates = reachableByRoute(snapshot, request, route);
  const followed = new Set<string>();
  // A budget's chain can bring further models and with them further budgets, so this goes on until nothing is new.
  for (;;) {
    const uses = budgetsInScope(snapshot, request, route.name, candidates, nowMs);
    const chains = handoversOf(uses, followed);
    if (chains.length === 0) return { targets: candidates.map(({ id }) => id), counters: uses.map(counterOf) };
    for (const chain of chains) {
      followed.add(chain);
      candidates = union(candidates, reachableFrom(snapshot, chain, request));
    }
  }
}

function handoversOf(uses: readonly BudgetUse[], followed: ReadonlySet<string>): readonly string[] {
  const chains: string[] = [];
  for (const { budget } of uses) {
    const { onExhausted } = budget;
    if (onExhausted?.kind === 'chain' && !followed.has(onExhausted.chain)) chains.push(onExhausted.chain);
  }
  return chains;
}

function union(known: readonly Candidate[], more: readonly Candidate[]): readonly Candidate[] {
  const ids = new Set(known.map(({ id }) => id));
  return [...known, ...more.filter(({ id }) => !ids.has(id))];
}

function reachableByRoute(snapshot: Snapshot, request: RequestFacts, route: Route): readonly Candidate[] {
  if (route.deny !== null) return [];
  if (route.chain !== null) return reachableFrom(snapshot, route.chain, request);
  const direct = directCandidate(snapshot, route.name, request);
  return direct === null ? [] : [direct];
}

function counterOf({ counter }: BudgetUse): CounterKey {
  return counter;
}

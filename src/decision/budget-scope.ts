import type { Budget, Consumer, Snapshot } from '#snapshot';
import { firstFieldMisfit, fitsAny, ownValue } from './fits-matcher.ts';
import type { CounterKey, RequestFacts } from './types.ts';
import { windowOf } from './window.ts';

/** What a budget compares of one target. */
export interface BudgetTarget {
  readonly id: string;
  readonly modelName: string;
  readonly provider: string;
}

/** One counter that a request counts on. */
export interface BudgetUse {
  readonly budget: Budget;
  readonly counter: CounterKey;
  /** Ids of the targets that count, for a budget on models or providers; null when every target does. */
  readonly targets: readonly string[] | null;
}

/** Who a request is counted for: the consumer, then its parents. */
interface Payer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Every counter a request counts on, in the order of the budgets. What a consumer spends counts for its parents too, so a budget that covers a parent
 * covers it, and one that is split by consumer counts once for each of them. A budget on models or providers is in scope when one of the
 * targets fits, split by model or provider once for each of theirs. Pure.
 */
export function budgetsInScope(
  snapshot: Snapshot,
  request: RequestFacts,
  route: string,
  targets: readonly BudgetTarget[],
  nowMs: number,
): readonly BudgetUse[] {
  const payers = payersOf(snapshot, request);
  const uses = new Map<string, BudgetUse>();
  for (const budget of budgetsFor(snapshot.budgets, payers)) {
    const { scope } = budget;
    if (scope.routes !== null && !fitsAny(scope.routes, route)) continue;
    if (firstFieldMisfit(scope.metadata, request.metadata) !== null) continue;
    for (const payer of payers) {
      if (!coversPayer(budget, payer)) continue;
      for (const use of usesOf(budget, payer, request, route, targets, nowMs)) {
        if (!uses.has(use.counter.key)) uses.set(use.counter.key, use);
      }
    }
  }
  return [...uses.values()];
}

function payersOf(snapshot: Snapshot, request: RequestFacts): readonly Payer[] {
  const payers: Payer[] = [{ name: request.consumer, labels: request.labels }];
  let parent = parentOf(snapshot, request.consumer);
  while (parent !== undefined && !payers.some((payer) => payer.name === parent?.name)) {
    payers.push(parent);
    parent = parentOf(snapshot, parent.name);
  }
  return payers;
}

function parentOf(snapshot: Snapshot, consumer: string): Consumer | undefined {
  return snapshot.consumers.get(snapshot.consumers.get(consumer)?.parent ?? '');
}

function coversPayer({ scope }: Budget, payer: Payer): boolean {
  if (scope.consumers !== null && !fitsAny(scope.consumers, payer.name)) return false;
  return firstFieldMisfit(scope.labels, payer.labels) === null;
}

function usesOf(
  budget: Budget,
  payer: Payer,
  request: RequestFacts,
  route: string,
  targets: readonly BudgetTarget[],
  nowMs: number,
): readonly BudgetUse[] {
  const { scope, per } = budget;
  const splitBy = (target: BudgetTarget | null) => per.map((name) => splitValue(name, payer, request, route, target));
  const looksAtTargets =
    scope.models !== null || scope.providers !== null || per.includes('model') || per.includes('provider');
  if (!looksAtTargets) return [{ budget, counter: counterOf(budget, splitBy(null), nowMs), targets: null }];
  const bySplit = new Map<string, { counter: CounterKey; targets: string[] }>();
  for (const target of targets) {
    if (scope.models !== null && !fitsAny(scope.models, target.modelName)) continue;
    if (scope.providers !== null && !fitsAny(scope.providers, target.provider)) continue;
    const counter = counterOf(budget, splitBy(target), nowMs);
    const known = bySplit.get(counter.key);
    if (known === undefined) bySplit.set(counter.key, { counter, targets: [target.id] });
    else known.targets.push(target.id);
  }
  return [...bySplit.values()].map((found) => ({ budget, ...found }));
}

function splitValue(
  name: string,
  payer: Payer,
  request: RequestFacts,
  route: string,
  target: BudgetTarget | null,
): string {
  if (name === 'consumer') return payer.name;
  if (name === 'route') return route;
  if (name === 'model') return target?.modelName ?? '';
  if (name === 'provider') return target?.provider ?? '';
  const key = name.slice(name.indexOf('.') + 1);
  return (name.startsWith('label.') ? ownValue(payer.labels, key) : ownValue(request.metadata, key)) ?? '';
}

/** `budget:<name>:<split values>:<window start>`: no revision in it, so that an edit of the policies keeps what was spent. */
export function counterOf(budget: Budget, split: readonly string[], nowMs: number): CounterKey {
  const { startMs, endMs } = windowOf(budget.window, nowMs);
  const start = budget.window.kind === 'rolling' ? 'rolling' : new Date(startMs).toISOString();
  return {
    key: `budget:${escapePart(budget.name)}:${split.map(escapePart).join(',')}:${start}`,
    budget: budget.name,
    unit: budget.unit,
    limit: budget.limit,
    split,
    windowStartMs: startMs,
    windowEndMs: endMs,
  };
}

/** Metadata comes from callers: no value of theirs may read as a separator, and a lone surrogate must not throw. */
function escapePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

interface BudgetIndex {
  readonly byConsumer: ReadonlyMap<string, readonly Ranked[]>;
  readonly others: readonly Ranked[];
}

interface Ranked {
  readonly rank: number;
  readonly budget: Budget;
}

/** Derived once per set of budgets: with a budget for each of a thousand consumers, a request reads only its own. */
const INDEXES = new WeakMap<ReadonlyMap<string, Budget>, BudgetIndex>();

function budgetsFor(budgets: Snapshot['budgets'], payers: readonly Payer[]): readonly Budget[] {
  let index = INDEXES.get(budgets);
  if (index === undefined) {
    index = indexBudgets(budgets);
    INDEXES.set(budgets, index);
  }
  const found = new Set(index.others);
  for (const payer of payers) for (const ranked of index.byConsumer.get(payer.name) ?? []) found.add(ranked);
  return [...found].sort((a, b) => a.rank - b.rank).map(({ budget }) => budget);
}

function indexBudgets(budgets: Snapshot['budgets']): BudgetIndex {
  const byConsumer = new Map<string, Ranked[]>();
  const others: Ranked[] = [];
  for (const [rank, budget] of [...budgets.values()].entries()) {
    const { consumers } = budget.scope;
    if (consumers === null || !consumers.every((glob) => glob.isExact)) {
      others.push({ rank, budget });
      continue;
    }
    for (const { source } of consumers) {
      const known = byConsumer.get(source);
      if (known === undefined) byConsumer.set(source, [{ rank, budget }]);
      else known.push({ rank, budget });
    }
  }
  return { byConsumer, others };
}

import type { Budget, Consumer, Snapshot } from '#snapshot';
import { firstFieldMisfit, fitsAny, ownValue } from './fits-matcher.ts';
import type { CounterKey, RequestFacts } from './types.ts';
import { windowOf } from './window.ts';

/** What a budget compares of one target. */
export interface BudgetTarget {
  readonly id: string;
  readonly modelName: string;
  readonly providerName: string;
}

/** One counter that a request counts on. */
export interface BudgetUse {
  readonly budget: Budget;
  readonly counter: CounterKey;
  /** Ids of the targets that count, for a budget on models or providers; null when every target does. */
  readonly targets: readonly string[] | null;
}

/** What a budget compares of a request. */
export type BudgetPayer = Pick<RequestFacts, 'consumer' | 'labels' | 'metadata'>;

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
  request: BudgetPayer,
  route: string,
  targets: readonly BudgetTarget[],
  nowMs: number,
): readonly BudgetUse[] {
  const payers = payersOf(snapshot, request);
  const uses: BudgetUse[] = [];
  for (const { budget } of budgetsFor(snapshot.budgets, payers)) {
    const { scope } = budget;
    if (scope.routes !== null && !fitsAny(scope.routes, route)) continue;
    if (firstFieldMisfit(scope.metadata, request.metadata) !== null) continue;
    // Counters of two budgets never have the same key; two payers of one budget may share one.
    const ownFrom = uses.length;
    for (const payer of payers) {
      if (!coversPayer(budget, payer)) continue;
      for (const use of usesOf(budget, payer, request, route, targets, nowMs)) {
        if (!isCounted(uses, ownFrom, use)) uses.push(use);
      }
    }
  }
  return uses;
}

function isCounted(uses: readonly BudgetUse[], from: number, { counter }: BudgetUse): boolean {
  for (let at = from; at < uses.length; at++) if (uses[at]?.counter.key === counter.key) return true;
  return false;
}

function payersOf(snapshot: Snapshot, request: BudgetPayer): readonly Payer[] {
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
  request: BudgetPayer,
  route: string,
  targets: readonly BudgetTarget[],
  nowMs: number,
): readonly BudgetUse[] {
  const { scope, per } = budget;
  if (per.length === 0 && scope.models === null && scope.providers === null) {
    return [{ budget, counter: counterOf(budget, UNSPLIT, nowMs), targets: null }];
  }
  const splitBy = (target: BudgetTarget | null) => per.map((name) => splitValue(name, payer, request, route, target));
  const looksAtTargets =
    scope.models !== null || scope.providers !== null || per.includes('model') || per.includes('provider');
  if (!looksAtTargets) return [{ budget, counter: counterOf(budget, splitBy(null), nowMs), targets: null }];
  const bySplit = new Map<string, { counter: CounterKey; targets: string[] }>();
  for (const target of targets) {
    if (scope.models !== null && !fitsAny(scope.models, target.modelName)) continue;
    if (scope.providers !== null && !fitsAny(scope.providers, target.providerName)) continue;
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
  request: BudgetPayer,
  route: string,
  target: BudgetTarget | null,
): string {
  if (name === 'consumer') return payer.name;
  if (name === 'route') return route;
  if (name === 'model') return target?.modelName ?? '';
  if (name === 'provider') return target?.providerName ?? '';
  const key = name.slice(name.indexOf('.') + 1);
  return (name.startsWith('label.') ? ownValue(payer.labels, key) : ownValue(request.metadata, key)) ?? '';
}

const UNSPLIT: readonly string[] = Object.freeze([]);

/** The counter that a budget's requests had last, where nothing splits it: the same until the window is over. */
const LATEST = new WeakMap<Budget, CounterKey>();

/**
 * `budget:<name>:<split values>:<window start>`: no revision in it, so that an edit of the policies keeps what was spent. A rolling window has no start, nor has a
 * limit on what runs at a time: a request that began in one window still runs in the next.
 */
export function counterOf(budget: Budget, split: readonly string[], nowMs: number): CounterKey {
  const { window } = budget;
  const latest = LATEST.get(budget);
  if (split.length === 0 && latest !== undefined) {
    // The key of a rolling window says nothing of the time.
    if (window.kind === 'rolling') return { ...latest, windowStartMs: nowMs - window.ms, windowEndMs: nowMs };
    if (latest.windowStartMs <= nowMs && nowMs < latest.windowEndMs) return latest;
  }
  const { startMs, endMs } = windowOf(window, nowMs);
  const hasStart = window.kind === 'calendar' && budget.unit !== 'concurrency';
  const start = hasStart ? new Date(startMs).toISOString() : 'rolling';
  const counter: CounterKey = Object.freeze({
    key: `budget:${escapePart(budget.name)}:${split.map(escapePart).join(',')}:${start}`,
    budget: budget.name,
    unit: budget.unit,
    limit: budget.limit,
    split,
    windowStartMs: startMs,
    windowEndMs: endMs,
  });
  if (split.length === 0) LATEST.set(budget, counter);
  return counter;
}

/** When the window of a counter began, from its key; 0 for a rolling window, of which the key says nothing. Pure. */
export function windowStartOf(key: string): number {
  return key.endsWith(':rolling') ? 0 : Date.parse(key.slice(-'2026-11-01T00:00:00.000Z'.length));
}

/** Metadata comes from callers: no value of theirs may read as a separator, and a lone surrogate must not throw. */
function escapePart(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** Budgets in the order of the snapshot, which `rank` is. */
interface Ranked {
  readonly rank: number;
  readonly budget: Budget;
}

interface BudgetIndex {
  /** For each consumer that some budget names: those budgets and all `others`. */
  readonly byConsumer: ReadonlyMap<string, readonly Ranked[]>;
  readonly others: readonly Ranked[];
}

/** Derived once per set of budgets: with a budget for each of a thousand consumers, a request reads only its own. */
const INDEXES = new WeakMap<ReadonlyMap<string, Budget>, BudgetIndex>();

function budgetsFor(budgets: Snapshot['budgets'], payers: readonly Payer[]): readonly Ranked[] {
  let index = INDEXES.get(budgets);
  if (index === undefined) {
    index = indexBudgets(budgets);
    INDEXES.set(budgets, index);
  }
  const { byConsumer, others } = index;
  const [first] = payers;
  if (first !== undefined && payers.length === 1) return byConsumer.get(first.name) ?? others;
  const found = new Set(payers.flatMap(({ name }) => byConsumer.get(name) ?? others));
  return [...found].sort(byRank);
}

function indexBudgets(budgets: Snapshot['budgets']): BudgetIndex {
  const own = new Map<string, Ranked[]>();
  const others: Ranked[] = [];
  for (const [rank, budget] of [...budgets.values()].entries()) {
    const { consumers } = budget.scope;
    const ranked = { rank, budget };
    if (consumers === null || !consumers.every((glob) => glob.isExact)) others.push(ranked);
    else for (const { source } of consumers) own.set(source, [...(own.get(source) ?? []), ranked]);
  }
  const byConsumer = new Map<string, readonly Ranked[]>();
  for (const [consumer, ranked] of own) byConsumer.set(consumer, [...new Set([...ranked, ...others])].sort(byRank));
  return { byConsumer, others };
}

function byRank(a: Ranked, b: Ranked): number {
  return a.rank - b.rank;
}

import { formatMoney, type Place } from '#core';
import type { Budget, LimitUnit, Route, Snapshot } from '#snapshot';
import { type BudgetUse, budgetsInScope } from './budget-scope.ts';
import type { Denial } from './denials.ts';
import type { PlannedTarget } from './make-plan.ts';
import { placeOf } from './place.ts';
import type { Facts, Note, RequestFacts, Reservation } from './types.ts';

/** How one counter stands to a request. Amounts in the budget's unit. */
export interface BudgetCheck {
  readonly use: BudgetUse;
  readonly spent: number;
  readonly held: number;
  /** The worst case of the dearest single target that counts here. */
  readonly hold: number;
  readonly isExhausted: boolean;
  /** A target without a price, where the budget refuses those. */
  readonly unpricedTarget: string | null;
}

/** What admission looks at. */
export interface AdmissionInput {
  readonly snapshot: Snapshot;
  readonly request: RequestFacts;
  readonly route: Route;
  readonly targets: readonly PlannedTarget[];
  readonly facts: Facts;
}

/** Calls in flight end within seconds as a rule; there is no window to wait for. */
const CONCURRENCY_RETRY_MS = 1000;

/**
 * Every counter in scope with what is spent, held and to be held, exhausted when the three are over the limit together. A counter that was not
 * read counts as untouched, unless the store could not be read at all. Pure.
 */
export function checkBudgets({ snapshot, request, route, targets, facts }: AdmissionInput): readonly BudgetCheck[] {
  const budgetTargets = targets.map(({ target, modelName }) => ({
    id: target.id,
    modelName,
    providerName: target.provider.name,
  }));
  return budgetsInScope(snapshot, request, route.name, budgetTargets, facts.nowMs).map((use) => {
    const counted = use.targets === null ? targets : targets.filter(({ target }) => use.targets?.includes(target.id));
    const { spent, held } = facts.counters[use.counter.key] ?? { spent: 0, held: 0 };
    const hold = holdFor(use.counter.unit, counted, route);
    const refusesUnpriced = use.counter.unit === 'cost' && use.budget.unpriced === 'deny';
    const unpriced = refusesUnpriced ? counted.find(({ worst }) => worst.costMicroUsd === null) : undefined;
    const isExhausted = spent + held + hold > use.counter.limit;
    return { use, spent, held, hold, isExhausted, unpricedTarget: unpriced?.target.id ?? null };
  });
}

/**
 * The worst case of the dearest target. An unpriced one is held at what the dearest priced one costs, else at the route's `maxRequestCost`, else at
 * nothing: no figure for it exists, and the budget's `unpriced: deny` is there for those who want none of that.
 */
function holdFor(unit: LimitUnit, targets: readonly PlannedTarget[], route: Route): number {
  const most = (amount: (target: PlannedTarget) => number) => Math.max(0, ...targets.map(amount));
  switch (unit) {
    case 'cost': {
      const priced = most(({ worst }) => worst.costMicroUsd ?? 0);
      return priced > 0 ? priced : (route.limits.maxRequestCostMicroUsd ?? 0);
    }
    case 'tokens':
      return most(({ worst }) => worst.inputTokens + worst.outputTokens);
    case 'inputTokens':
      return most(({ worst }) => worst.inputTokens);
    case 'outputTokens':
      return most(({ worst }) => worst.outputTokens);
    case 'requests':
    case 'concurrency':
      return 1;
  }
}

/** What a budget does about a request. */
export type BudgetAction =
  | { readonly kind: 'admit' | 'warn' | 'deny' | 'unread' }
  | { readonly kind: 'chain'; readonly chain: string };

/** What a budget does about a check: admits, warns, refuses, hands over to its chain, or refuses because it cannot be read and fails closed. Pure. */
export function actionOf({ use, isExhausted }: BudgetCheck, facts: Facts): BudgetAction {
  const { onExhausted, failMode } = use.budget;
  if (facts.countersUnread === true && failMode === 'closed') return { kind: 'unread' };
  if (facts.countersUnread === true && failMode === 'open') return { kind: 'admit' };
  if (!isExhausted) return { kind: 'admit' };
  // An action left out is a lint finding; a limit that limits nothing would be worse than a refusal.
  return onExhausted ?? { kind: 'deny' };
}

/** What to hold on every counter; `handedOver` are the budgets whose chain answers now. Pure. */
export function reservationsFor(
  checks: readonly BudgetCheck[],
  facts: Facts,
  handedOver: ReadonlySet<string>,
): readonly Reservation[] {
  return checks.map(({ use, hold }) => {
    const { budget, counter, targets } = use;
    const failsOpen = facts.countersUnread === true && budget.failMode !== 'closed';
    return {
      counter,
      amount: hold,
      enforce: budget.onExhausted?.kind !== 'warn' && !handedOver.has(budget.name) && !failsOpen,
      targets,
      leaseMs: budget.leaseMs,
      // A place is taken while a request runs; nobody can be charged for it afterwards.
      onLeaseExpiry: counter.unit === 'concurrency' ? 'release' : budget.onLeaseExpiry,
    };
  });
}

/** The refusal of an exhausted budget: 429 with the end of its window, or a whole rolling span, since nothing tells when it frees enough. Pure. */
export function budgetDenial(snapshot: Snapshot, route: string, check: BudgetCheck, facts: Facts, more = ''): Denial {
  const { budget, counter } = check.use;
  const isRate = counter.unit === 'requests' || counter.unit === 'concurrency';
  return {
    kind: 'deny',
    route,
    code: isRate ? 'rate_limited' : 'budget_exceeded',
    status: 429,
    message: `budget ${budget.name}${splitText(counter.split)} is exhausted: ${standing(check)}${more}`,
    retryAfterMs: retryAfter(budget, check, facts),
    at: budgetPlace(snapshot, budget, 'limit'),
    skipped: [],
  };
}

function retryAfter(budget: Budget, { use }: BudgetCheck, { nowMs }: Facts): number {
  if (use.counter.unit === 'concurrency') return CONCURRENCY_RETRY_MS;
  return budget.window.kind === 'rolling' ? budget.window.ms : Math.max(0, use.counter.windowEndMs - nowMs);
}

/** The refusal of a budget that cannot be read and fails closed. Pure. */
export function storeDenial(snapshot: Snapshot, route: string, check: BudgetCheck): Denial {
  const { budget } = check.use;
  return {
    kind: 'deny',
    route,
    code: 'store_unavailable',
    status: 503,
    message: `budget ${budget.name} cannot be read and fails closed`,
    retryAfterMs: CONCURRENCY_RETRY_MS,
    at: budgetPlace(snapshot, budget, 'failMode'),
    skipped: [],
  };
}

/** The refusal of a target without a price: waiting would not help, so it is no 429. Pure. */
export function unpricedDenial(snapshot: Snapshot, route: string, check: BudgetCheck): Denial {
  const { budget } = check.use;
  return {
    kind: 'deny',
    route,
    code: 'model_not_allowed',
    status: 403,
    message: `budget ${budget.name} refuses models without a price, and ${check.unpricedTarget} has none`,
    retryAfterMs: null,
    at: budgetPlace(snapshot, budget, 'unpriced'),
    skipped: [],
  };
}

/** That a budget is exhausted and only warns. Pure. */
export function warnNote(snapshot: Snapshot, check: BudgetCheck): Note {
  const { budget, counter } = check.use;
  const text = `budget ${budget.name}${splitText(counter.split)} is exhausted and only warns: ${standing(check)}`;
  return { kind: 'budget-warn', text, at: budgetPlace(snapshot, budget, 'onExhausted') };
}

/** That a budget could not be read, and what its `failMode` made of that. Pure. */
export function unreadNote(snapshot: Snapshot, check: BudgetCheck): Note {
  const { budget, counter } = check.use;
  const at = budgetPlace(snapshot, budget, 'failMode');
  const what = `budget ${budget.name}${splitText(counter.split)} cannot be read and`;
  if (budget.failMode === 'open') return { kind: 'budget-fails-open', text: `${what} fails open`, at };
  return { kind: 'budget-last-known', text: `${what} goes by what was last known: ${standing(check, 'of')}`, at };
}

/** That an exhausted budget handed over to its chain. Pure. */
export function downgradeNote(snapshot: Snapshot, check: BudgetCheck, chain: string): Note {
  const { budget, counter } = check.use;
  const text = `budget ${budget.name}${splitText(counter.split)} is exhausted, chain ${chain} answers: ${standing(check)}`;
  return { kind: 'budget-downgrade', text, at: budgetPlace(snapshot, budget, 'onExhausted') };
}

function budgetPlace(snapshot: Snapshot, budget: Budget, field: string): Place | null {
  return placeOf(snapshot, `Budget/${budget.name}`, field);
}

function standing({ use, spent, held, hold }: BudgetCheck, relation: 'over' | 'of' = 'over'): string {
  const { unit, limit } = use.counter;
  const amount = (value: number) => (unit === 'cost' ? formatMoney(value) : `${value}`);
  const parts = `${amount(spent)} spent + ${amount(held)} held + ${amount(hold)} for this request`;
  return `${parts} ${relation} ${amount(limit)}${unit === 'cost' ? '' : ` ${UNIT_WORDS[unit]}`}`;
}

const UNIT_WORDS: Readonly<Record<Exclude<LimitUnit, 'cost'>, string>> = {
  tokens: 'tokens',
  inputTokens: 'input tokens',
  outputTokens: 'output tokens',
  requests: 'requests',
  concurrency: 'at a time',
};

function splitText(split: readonly string[]): string {
  return split.length === 0 ? '' : ` (${split.join(', ')})`;
}

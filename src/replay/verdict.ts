import type { Capability, Place } from '#core';
import type { Decision, Plan, RequestFacts } from '#decision';
import type { Snapshot } from '#snapshot';

/** What one side makes of a request before any call, as far as records of the same shape share it. */
export interface Verdict {
  readonly route: string | null;
  /** Null for a refusal. */
  readonly plan: Plan | null;
  readonly status: number | null;
  readonly code: string | null;
  /** Where a refusal comes from. */
  readonly at: Place | null;
  /** Name of the cache that may answer. */
  readonly cache: string | null;
  /** Counters that were asked, each with the most that records of this shape hold. */
  readonly budgets: readonly VerdictBudget[];
  /** For every target of the plan what it lacks of what the request uses. */
  readonly lacks: readonly (readonly Capability[])[];
  /** Whether every target was skipped for a capability. */
  readonly isIncapable: boolean;
  /** Two verdicts with the same text do the same. */
  readonly signature: string;
}

/** A counter in scope. Amounts in the budget's unit. */
export interface VerdictBudget {
  readonly key: string;
  readonly budget: string;
  /** Tokens held beyond the input tokens, for a budget that counts those: its hold follows them exactly. Null for other units, and where a bound is held in their place. */
  readonly beyondInput: number | null;
  /** The most that records of this shape hold, and the least. */
  readonly hold: number;
  readonly leastHold: number;
  /** A budget that only warns changes no decision. */
  readonly isBinding: boolean;
}

/** What a verdict takes from the request. */
export interface VerdictFacts {
  /** Capabilities the request uses. */
  readonly uses: readonly Capability[];
  readonly cache: string | null;
  /** Undefined where holds follow a bound of their own. */
  readonly heldInputTokens: number | undefined;
}

/** Takes from a decision what outlives the single request. Pure. */
export function verdictOf(
  snapshot: Snapshot,
  decision: Decision,
  { uses, cache, heldInputTokens }: VerdictFacts,
): Verdict {
  if (decision.kind === 'deny') {
    const { route, status, code, at, skipped } = decision;
    const isIncapable = skipped.length > 0 && skipped.every(({ reason }) => reason === 'capability-missing');
    const signature = ['deny', route, status, code, skips(skipped)].join('|');
    return { route, plan: null, status, code, at, cache: null, budgets: [], lacks: [], isIncapable, signature };
  }
  const { route, plan, reservations, notes } = decision;
  const targets = plan.targets.map(({ id }) => id).join(',');
  const what = notes.map(({ kind }) => kind).join(',');
  return {
    route,
    plan,
    status: null,
    code: null,
    at: null,
    cache,
    budgets: reservations.map(({ counter, amount, enforce }) => ({
      key: counter.key,
      budget: counter.budget,
      beyondInput:
        heldInputTokens !== undefined && (counter.unit === 'tokens' || counter.unit === 'inputTokens')
          ? amount - heldInputTokens
          : null,
      hold: amount,
      leastHold: amount,
      isBinding: enforce,
    })),
    lacks: plan.targets.map(({ model }) => lacking(snapshot, model, uses)),
    isIncapable: false,
    signature: ['allow', route, plan.chain, targets, skips(plan.skipped), what, cache].join('|'),
  };
}

/** One verdict for all requests between two that have the same: the larger and the smaller hold of both on every counter. Pure. */
export function widen(known: Verdict, other: Verdict): Verdict {
  const budgets = known.budgets.map((budget, index) => {
    const { hold = 0, leastHold = 0 } = other.budgets[index] ?? {};
    return { ...budget, hold: Math.max(budget.hold, hold), leastHold: Math.min(budget.leastHold, leastHold) };
  });
  return { ...known, budgets };
}

function skips(skipped: Plan['skipped']): string {
  return skipped.map(({ id, reason }) => `${id}=${reason}`).join(',');
}

function lacking(snapshot: Snapshot, model: string | null, uses: readonly Capability[]): readonly Capability[] {
  const known = model === null ? null : (snapshot.models.get(model)?.capabilities ?? null);
  return known === null
    ? []
    : uses.filter((use) => !known.has(use) && !(use === 'json-mode' && known.has('json-schema')));
}

/** The input tokens that holds follow one by one; undefined where a bound is held in their place. Pure. */
export function heldInputTokens({ inputTokens, inputTokensAtMost }: RequestFacts): number | undefined {
  return inputTokensAtMost === undefined ? inputTokens : undefined;
}

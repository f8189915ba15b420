import type { OutcomeReason, SkipReason } from '#core';
import type { Retry } from '#snapshot';
import type { Attempt, Next, OuterChain, Plan, PlanTarget } from './types.ts';

/** What is not in the trail: time since the request began, and a fresh draw in [0, 1) for the jitter. */
export interface Moment {
  readonly elapsedMs: number;
  readonly draw: number;
}

/** Another try on the same target and key gives the same answer, whatever `retry.on` says. */
const NEVER_RETRIED: ReadonlySet<OutcomeReason> = new Set([
  'auth',
  'malformed',
  'context-overflow',
  'content-filter',
  'invalid-request',
]);

/** These are about the request, not the provider: they end it unless a chain's `fallbackOn` names them. */
const ABOUT_THE_REQUEST: ReadonlySet<OutcomeReason> = new Set(['content-filter', 'invalid-request']);

/**
 * What to do after the attempts made so far: the first attempt, a retry on the same target after backoff, the next target at once, or give up. Retries and
 * fallbacks share the plan's `maxAttempts`; nothing starts at or after the deadline, so a wait that would reach it is not begun. A wait is the backoff
 * (full jitter: `draw` times it), or the provider's Retry-After where that is longer; over `maxRetryAfter` the next target is tried instead. A failure
 * that a nested chain does not fall back on, or has no target left for, is for the chain around it: it leads past the rest of the nested one. A trail that
 * ended well, was cancelled, or names a target the plan does not hold gives up with `no-fallback`. Pure.
 */
export function advance(plan: Plan, trail: readonly Attempt[], moment: Moment): Next {
  const last = trail.at(-1) ?? null;
  if (last === null) return first(plan, moment);
  const index = plan.targets.findIndex((target) => target.id === last.target);
  const target = plan.targets[index];
  const { outcome } = last;
  if (target === undefined || outcome === 'ok' || outcome === 'cancelled') return giveUp('no-fallback', last);
  if (ABOUT_THE_REQUEST.has(outcome) && !isNamed(target, outcome)) return giveUp('request-refused', last);
  if (trail.length >= plan.maxAttempts) return giveUp('attempts', last);
  if (isOver(plan, moment.elapsedMs)) return giveUp('deadline', last);

  const waitMs = retryWait(target, trail, last, moment.draw);
  const isLate = waitMs !== null && isOver(plan, moment.elapsedMs + waitMs);
  if (waitMs !== null && !isLate) {
    return { kind: 'attempt', target, waitMs, via: 'retry', fallback: arrivedBy(plan, index, trail) };
  }
  const next = targetAfter(plan, index, outcome);
  if (next === undefined) return giveUp(isLate ? 'deadline' : 'no-fallback', last);
  return { kind: 'attempt', target: next, waitMs: 0, via: 'fallback', fallback: outcome };
}

function isNamed(target: PlanTarget, outcome: OutcomeReason): boolean {
  return (
    target.fallbackOn.includes(outcome) || (target.outer ?? []).some(({ fallbackOn }) => fallbackOn.includes(outcome))
  );
}

/** The next target of the innermost chain that falls back on the outcome and still has one after the part that failed. */
function targetAfter(plan: Plan, index: number, outcome: OutcomeReason): PlanTarget | undefined {
  const target = plan.targets[index];
  if (target === undefined) return undefined;
  const later = plan.targets.slice(index + 1);
  const levels: readonly OuterChain[] = [
    { name: chainOf(target), fallbackOn: target.fallbackOn },
    ...(target.outer ?? []),
  ];
  for (const [depth, { name, fallbackOn }] of levels.entries()) {
    if (!fallbackOn.includes(outcome)) continue;
    const failed = levels[depth - 1]?.name;
    // Everything stands in the outermost chain, whatever its name.
    const isOutermost = depth === levels.length - 1;
    const next = later.find((each) => (isOutermost || isIn(each, name)) && !(failed && isIn(each, failed)));
    if (next !== undefined) return next;
  }
  return undefined;
}

function isIn(target: PlanTarget, chain: string): boolean {
  return chainOf(target) === chain || (target.outer ?? []).some(({ name }) => name === chain);
}

/** Ids are `chain/target`. */
function chainOf({ id }: PlanTarget): string {
  return id.slice(0, id.indexOf('/'));
}

function first(plan: Plan, { elapsedMs }: Moment): Next {
  const target = plan.targets[0];
  if (target === undefined) return giveUp('no-targets', null);
  if (plan.maxAttempts < 1) return giveUp('attempts', null);
  if (isOver(plan, elapsedMs)) return giveUp('deadline', null);
  return { kind: 'attempt', target, waitMs: 0, via: 'first', fallback: target.skippedBefore };
}

/** How long to wait before the same target is tried again; null when it is not. */
function retryWait(target: PlanTarget, trail: readonly Attempt[], last: Attempt, draw: number): number | null {
  const { retry } = target;
  const { outcome, retryAfterMs } = last;
  if (outcome === 'ok' || outcome === 'cancelled' || last.noRetry) return null;
  if (NEVER_RETRIED.has(outcome) || !retry.on.includes(outcome)) return null;
  const made = trail.filter((attempt) => attempt.target === target.id).length - 1;
  if (made >= retry.max) return null;
  const backoff = backoffMs(retry, made, draw);
  if (!retry.respectRetryAfter || retryAfterMs === null) return backoff;
  return retryAfterMs > retry.maxRetryAfterMs ? null : Math.max(backoff, retryAfterMs);
}

/** Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff and Jitter", 2015), in whole milliseconds. Pure. */
export function backoffMs(retry: Retry, retriesMade: number, draw: number): number {
  const bound = Math.min(retry.capMs, retry.initialMs * retry.factor ** retriesMade);
  return Math.floor(retry.jitter === 'full' ? bound * draw : bound);
}

/** Why a target beyond the first is in use: the failure that led away from the one before it; for the first, the gate that skipped the configured one. */
function arrivedBy(plan: Plan, index: number, trail: readonly Attempt[]): OutcomeReason | SkipReason | null {
  const target = plan.targets[index];
  const before = trail.findLast((attempt) => attempt.target !== target?.id)?.outcome;
  if (before === undefined || before === 'ok' || before === 'cancelled') return target?.skippedBefore ?? null;
  return before;
}

function isOver(plan: Plan, atMs: number): boolean {
  return plan.deadlineMs !== null && atMs >= plan.deadlineMs;
}

function giveUp(because: Extract<Next, { kind: 'give-up' }>['because'], last: Attempt | null): Next {
  return { kind: 'give-up', because, last };
}

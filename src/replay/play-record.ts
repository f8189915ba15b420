import { NO_USAGE, type Pieces, piecesOf, type Usage } from '#core';
import { type Attempt, advance, type Plan, type PlanTarget } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { Snapshot } from '#snapshot';
import { microOf, picoOf, priceOf } from './price-usage.ts';
import { answerOf, isCallTo, type ModelNames, type RecordedCall, usageOfAnswer } from './recorded-calls.ts';

/** How sure a figure is: re-evaluated, carried over from another target, or not known at all. */
export type Label = 'exact' | 'estimated' | 'unknown';

/** What came of a request on one side. Money in micro-USD; `low` and `high` bound an estimate. */
export interface Played {
  readonly kind: 'served' | 'denied' | 'failed';
  /** Target that answered, or where the last call failed. */
  readonly target: string | null;
  readonly model: string | null;
  readonly tier: number | null;
  /** Position of the target in the plan; -1 without one. */
  readonly position: number;
  readonly calls: number;
  readonly isFallback: boolean;
  readonly status: number;
  readonly code: string | null;
  readonly costMicroUsd: number | null;
  readonly lowMicroUsd: number;
  readonly highMicroUsd: number;
  readonly label: Label;
  /** Until the answer was complete; null where no such call was recorded. */
  readonly durationMs: number | null;
  /** Every call made, where they were played one by one. */
  readonly trail: readonly Attempt[] | null;
}

/** Another model counts the same text by up to so much differently, and answers by so much longer or shorter: a stated rule, no measurement. */
export const INPUT_BAND = 0.15;
/** See `INPUT_BAND`. */
export const OUTPUT_BAND = 0.3;

/** What playing needs beside the record. */
export interface Stage {
  readonly snapshot: Snapshot;
  readonly names: ModelNames;
  readonly nowMs: number;
  /** Which end of the band a model that was never called is taken at; the recorded tokens themselves when absent. */
  readonly borrow?: 'low' | 'high';
}

/**
 * Plays a plan against the recorded calls: a model answers as it did, its last answer repeating; one that was never called answers at once, with the recorded
 * tokens as an estimate. Retries, fallbacks, timeouts and the deadline follow the plan. Pure.
 */
export function playRecord(record: TrafficRecord, plan: Plan, stage: Stage): Played {
  const calls = record.attempts ?? [];
  const [first] = plan.targets;
  const [only] = calls;
  if (calls.length === 1 && first !== undefined && only !== undefined && only.outcome === 'ok') {
    if (isCallTo(only, first, stage.names) && isInTime(only, first, plan) && plan.maxAttempts > 0) {
      const usage = only.usage ?? record.outcome?.usage ?? null;
      return served(
        first,
        0,
        1,
        priced(first, usage, only, only.estimated === true ? 'estimated' : 'exact', stage),
        only.durationMs ?? null,
      );
    }
  }
  return playEveryCall(record, plan, stage);
}

interface Cost {
  readonly micro: number | null;
  readonly low: number;
  readonly high: number;
  readonly label: Label;
}

/** Pico-USD summed over calls; rounding comes once, at the end. */
interface Bill {
  pico: number;
  low: number;
  high: number;
  label: Label;
}

/** The same, call by call: `trail` holds each with its usage. Pure. */
export function playEveryCall(record: TrafficRecord, plan: Plan, stage: Stage): Played {
  const recorded = record.attempts ?? [];
  const trail: Attempt[] = [];
  const bill: Bill = { pico: 0, low: 0, high: 0, label: 'exact' };
  const turns = new Map<string, number>();
  let durationMs: number | null = 0;
  for (;;) {
    const elapsedMs = trail.at(-1)?.endedMs ?? 0;
    const next = advance(plan, trail, { elapsedMs, draw: 0.5 });
    if (next.kind === 'give-up') return failed(trail, plan, bill);
    const { target } = next;
    const turn = turns.get(target.id) ?? 0;
    turns.set(target.id, turn + 1);
    const own = recorded.filter((call) => isCallTo(call, target, stage.names));
    const call = own[Math.min(turn, own.length - 1)] ?? null;
    const attempt = attemptOf(record, call, target, plan, elapsedMs + next.waitMs, stage);
    trail.push(attempt);
    if (call === null || call.durationMs === undefined) durationMs = null;
    charge(bill, record, call, attempt, target, stage);
    if (attempt.outcome === 'ok') {
      const position = plan.targets.indexOf(target);
      return served(target, position, trail.length, total(bill), durationMs === null ? null : attempt.endedMs, trail);
    }
  }
}

function attemptOf(
  record: TrafficRecord,
  call: RecordedCall | null,
  target: PlanTarget,
  plan: Plan,
  startedMs: number,
  stage: Stage,
): Attempt {
  const isLate = call !== null && call.outcome === 'ok' && !isInTime(call, target, plan, startedMs);
  const outcome = call === null ? 'ok' : isLate ? 'timeout' : call.outcome;
  const own = call?.usage ?? null;
  const usage = own ?? (outcome !== 'ok' ? null : call === null ? borrowedUsage(record, stage) : usageOfAnswer(record));
  const limit = Math.min(target.timeouts.totalMs ?? Number.POSITIVE_INFINITY, call?.durationMs ?? 0);
  return {
    target: target.id,
    // A caller that hung up would have hung up all the same.
    outcome: outcome === 'cancelled' ? 'ok' : outcome,
    status: isLate ? null : (call?.status ?? null),
    startedMs,
    firstTokenMs: null,
    endedMs: startedMs + limit,
    retryAfterMs: call?.retryAfterMs ?? null,
    usage: usage === null ? null : { ...NO_USAGE, ...usage },
    estimated: call === null,
    noRetry: false,
    ...piecesOf(call ?? answerOf(record) ?? {}),
  };
}

function isInTime(call: RecordedCall, { timeouts }: PlanTarget, plan: Plan, startedMs = 0): boolean {
  const { durationMs } = call;
  if (durationMs === undefined) return true;
  if (timeouts.totalMs !== null && durationMs > timeouts.totalMs) return false;
  const firstTokenMs =
    call.firstTokenMs == null || call.startedMs === undefined ? null : call.firstTokenMs - call.startedMs;
  if (timeouts.firstTokenMs !== null && firstTokenMs !== null && firstTokenMs > timeouts.firstTokenMs) return false;
  return plan.deadlineMs === null || startedMs + durationMs <= plan.deadlineMs;
}

function charge(
  bill: Bill,
  record: TrafficRecord,
  call: RecordedCall | null,
  attempt: Attempt,
  target: PlanTarget,
  stage: Stage,
): void {
  const isAnswer = attempt.outcome === 'ok';
  const own = call?.usage ?? (isAnswer && call !== null ? record.outcome?.usage : null) ?? null;
  if (own !== null) {
    add(bill, own, call ?? {}, target, stage, false, call?.estimated === true);
    return;
  }
  if (!isAnswer) return;
  // A model that was never called is taken to read and write about as many tokens as the one that answered.
  const borrowed = call === null ? borrowedUsage(record, stage) : null;
  if (borrowed === null) bill.label = 'unknown';
  else add(bill, borrowed, answerOf(record) ?? {}, target, stage, true, true);
}

function borrowedUsage(record: TrafficRecord, { borrow }: Stage): Usage | null {
  const usage = usageOfAnswer(record);
  if (usage === null || borrow === undefined) return usage;
  const sign = borrow === 'low' ? -1 : 1;
  const scaled = Object.entries(usage).map(([kind, amount]) => {
    const band = kind === 'output' || kind === 'reasoning' ? OUTPUT_BAND : INPUT_BAND;
    return [kind, Math.round(amount * (1 + sign * band))];
  });
  return Object.fromEntries(scaled) as unknown as Usage;
}

function add(
  bill: Bill,
  usage: Partial<Usage>,
  pieces: Pieces,
  target: PlanTarget,
  stage: Stage,
  isBorrowed: boolean,
  isEstimate: boolean,
): void {
  const price = priceOf(stage.snapshot.models.get(target.model ?? ''), stage.nowMs);
  if (price === null) {
    bill.label = 'unknown';
    return;
  }
  const { input, output } = picoOf(usage, price, pieces);
  bill.pico += input + output;
  bill.low += isBorrowed ? input * (1 - INPUT_BAND) + output * (1 - OUTPUT_BAND) : input + output;
  bill.high += isBorrowed ? input * (1 + INPUT_BAND) + output * (1 + OUTPUT_BAND) : input + output;
  if (isEstimate && bill.label === 'exact') bill.label = 'estimated';
}

function priced(target: PlanTarget, usage: Partial<Usage> | null, pieces: Pieces, label: Label, stage: Stage): Cost {
  if (usage === null) return { micro: null, low: 0, high: 0, label: 'unknown' };
  const price = priceOf(stage.snapshot.models.get(target.model ?? ''), stage.nowMs);
  if (price === null) return { micro: null, low: 0, high: 0, label: 'unknown' };
  const { input, output } = picoOf(usage, price, pieces);
  const micro = microOf(input + output);
  return { micro, low: micro, high: micro, label };
}

function total(bill: Bill): Cost {
  if (bill.label === 'unknown') return { micro: null, low: 0, high: 0, label: 'unknown' };
  return {
    micro: microOf(bill.pico),
    low: microOf(Math.round(bill.low)),
    high: microOf(Math.round(bill.high)),
    label: bill.label,
  };
}

function served(
  target: PlanTarget,
  position: number,
  calls: number,
  cost: Cost,
  durationMs: number | null,
  trail: readonly Attempt[] | null = null,
): Played {
  return {
    kind: 'served',
    target: target.id,
    model: target.model,
    tier: target.tier,
    position,
    calls,
    isFallback: position > 0,
    status: 200,
    code: null,
    costMicroUsd: cost.micro,
    lowMicroUsd: cost.low,
    highMicroUsd: cost.high,
    label: cost.label,
    durationMs,
    trail,
  };
}

function failed(trail: readonly Attempt[], plan: Plan, bill: Bill): Played {
  const last = trail.at(-1);
  const position = plan.targets.findIndex(({ id }) => id === last?.target);
  const target = plan.targets[position];
  const cost = total(bill);
  return {
    kind: 'failed',
    target: target?.id ?? null,
    model: target?.model ?? null,
    tier: null,
    position,
    calls: trail.length,
    isFallback: false,
    status: last?.status ?? (last?.outcome === 'timeout' ? 504 : 502),
    code: last?.outcome === 'invalid-request' || last?.outcome === 'content-filter' ? last.outcome : 'chain_exhausted',
    costMicroUsd: cost.micro,
    lowMicroUsd: cost.low,
    highMicroUsd: cost.high,
    label: cost.label,
    durationMs: null,
    trail,
  };
}

/** What came of a refusal: nothing was called, nothing is owed. Pure. */
export function playDenial(status: number, code: string | null): Played {
  return { ...NOTHING, kind: 'denied', status, code };
}

/** What came of a request that the cache answered; `savedMicroUsd` is not owed. Pure. */
export function playCacheHit(record: TrafficRecord): Played {
  const model = record.outcome?.model ?? null;
  return { ...NOTHING, kind: 'served', target: 'cache', model, durationMs: record.outcome?.durationMs ?? null };
}

/** Whether the recording shows that the cache answered. Pure. */
export function wasCacheHit(record: TrafficRecord): boolean {
  const cache = record.outcome?.cache;
  return (
    (cache === 'hit' || cache === 'semantic-hit' || cache === 'shared' || cache === 'stale') &&
    answerOf(record) === null
  );
}

const NOTHING: Played = Object.freeze({
  kind: 'denied',
  target: null,
  model: null,
  tier: null,
  position: -1,
  calls: 0,
  isFallback: false,
  status: 200,
  code: null,
  costMicroUsd: 0,
  lowMicroUsd: 0,
  highMicroUsd: 0,
  label: 'exact',
  durationMs: null,
  trail: null,
});

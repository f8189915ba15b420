import { inputTokens, outputTokens, type Usage } from '#core';
import { type BudgetUse, budgetsInScope, type CounterKey } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { Snapshot } from '#snapshot';

/** What a recorded request counts on one counter, in the budget's unit. */
export interface RecordedCharge {
  readonly counter: CounterKey;
  readonly amount: number;
}

/** A call as far as budgets look at it. */
interface PaidCall {
  readonly id: string;
  readonly modelName: string;
  readonly providerName: string;
  readonly usage: Usage | null;
  readonly costMicroUsd: number | null;
  readonly isWell: boolean;
}

const KEPT: ReadonlySet<string> = new Set(['hit', 'semantic-hit', 'shared', 'stale']);

/**
 * What a recorded request charges to the budgets of a snapshot, which need not be those that it was recorded under: by its recorded cost and tokens, in the window of its beginning.
 * Nothing for a refusal. A cost that nobody knows counts as what was held for it, as the gateway charges it, where the recording says so. Pure.
 */
export function recordedCharges(snapshot: Snapshot, record: TrafficRecord): readonly RecordedCharge[] {
  const { decision, outcome, request } = record;
  if (outcome === undefined || isRefused(record)) return [];
  const calls = paidCalls(record);
  const payer = {
    consumer: request.consumer ?? '',
    labels: request.labels ?? {},
    metadata: request.metadata ?? {},
  };
  const startedMs = record.facts?.nowMs ?? Date.parse(record.at);
  return budgetsInScope(snapshot, payer, decision?.route ?? '', calls, startedMs).map((use) => ({
    counter: use.counter,
    amount: amountOf(use, calls, record),
  }));
}

function isRefused({ decision, outcome, attempts = [] }: TrafficRecord): boolean {
  if (decision !== undefined) return !decision.allowed;
  return (outcome?.status ?? 0) >= 400 && attempts.length === 0;
}

/** Imported records may tell of no call, but of what the whole request took. */
function paidCalls({ attempts = [], outcome }: TrafficRecord): readonly PaidCall[] {
  if (attempts.length > 0) {
    return attempts.map((attempt) => ({
      id: attempt.target,
      modelName: attempt.model ?? '',
      providerName: attempt.provider ?? '',
      usage: attempt.usage ?? null,
      costMicroUsd: attempt.costMicroUsd ?? null,
      isWell: attempt.outcome === 'ok',
    }));
  }
  const isKept = KEPT.has(outcome?.cache ?? '');
  return [
    {
      id: outcome?.target ?? '',
      modelName: outcome?.model ?? '',
      providerName: outcome?.provider ?? '',
      usage: isKept ? null : (outcome?.usage ?? null),
      costMicroUsd: isKept ? 0 : (outcome?.costMicroUsd ?? null),
      isWell: false,
    },
  ];
}

function amountOf({ counter, targets }: BudgetUse, calls: readonly PaidCall[], record: TrafficRecord): number {
  const counted = targets === null ? calls : calls.filter(({ id }) => targets.includes(id));
  switch (counter.unit) {
    case 'cost':
      return costOf(counter, counted, counted.length === calls.length, record);
    case 'tokens':
      return sum(counted, (usage) => inputTokens(usage) + outputTokens(usage));
    case 'inputTokens':
      return sum(counted, inputTokens);
    case 'outputTokens':
      return sum(counted, outputTokens);
    case 'requests':
      return 1;
    case 'concurrency':
      return 0;
  }
}

/** The whole request's cost is rounded once; the calls' own would add up to a micro-dollar more or less. */
function costOf({ key }: CounterKey, counted: readonly PaidCall[], isAll: boolean, record: TrafficRecord): number {
  if (isAll && record.outcome?.costMicroUsd != null) return record.outcome.costMicroUsd;
  const known = counted.reduce((total, { costMicroUsd }) => total + (costMicroUsd ?? 0), 0);
  const isUnknown = counted.some(
    ({ costMicroUsd, usage, isWell }) => costMicroUsd === null && (usage !== null || isWell),
  );
  if (!isUnknown) return known;
  const held = record.decision?.reservations?.find(({ counter }) => counter === key)?.amount ?? 0;
  return Math.max(held, known);
}

function sum(calls: readonly PaidCall[], tokens: (usage: Usage) => number): number {
  return calls.reduce((total, { usage }) => total + (usage === null ? 0 : tokens(usage)), 0);
}

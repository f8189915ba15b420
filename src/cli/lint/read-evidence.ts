import { inputTokens, outputTokens } from '#core';
import { windowOf } from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { TrafficEvidence } from '#lint';
import { inputOf, judgeRequest, type Verdict } from '#replay';
import type { Budget, Snapshot } from '#snapshot';
import { readInOrder } from '../traffic/read-in-order.ts';
import { UsageError } from '../usage-error.ts';
import { createAlertEvidence } from './alert-evidence.ts';

const DAY_MS = 86_400_000;

/** Decides every record of the files under one environment's policies and counts what came of it. Memory grows with the documents, not with the records. Throws `UsageError` for files without any. */
export async function readEvidence(snapshot: Snapshot, files: readonly string[]): Promise<TrafficEvidence> {
  const routes = new Map<string, number>();
  const windows = new Map<string, Map<string, number>>();
  const caches = new Map<string, { lookups: number; hits: number }>();
  const alerts = createAlertEvidence(snapshot);
  let records = 0;
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NEGATIVE_INFINITY;
  await readInOrder(files, (record) => {
    const atMs = Date.parse(record.at);
    const input = inputOf(record, atMs);
    const verdict = judgeRequest(snapshot, input.request(), input.facts());
    const weight = record.sampleWeight ?? 1;
    records += 1;
    firstMs = Math.min(firstMs, atMs);
    lastMs = Math.max(lastMs, atMs);
    if (verdict.route !== null) routes.set(verdict.route, (routes.get(verdict.route) ?? 0) + weight);
    countBudgets(snapshot, windows, { record, verdict, atMs, weight });
    if (verdict.cache !== null) countCache(caches, verdict.cache, record);
    alerts.add(record);
  });
  if (records === 0)
    throw new UsageError('the recordings hold no record', 'signalbox traffic stats FILE shows what is in them.');
  const budgets = [...windows].map(([name, counted]) => [name, [...counted.values()].sort((a, b) => b - a)] as const);
  return {
    environment: snapshot.environment,
    records,
    days: (lastMs - firstMs) / DAY_MS,
    routes,
    budgets: new Map(budgets),
    caches,
    alerts: alerts.counts(),
  };
}

interface Counted {
  readonly record: TrafficRecord;
  readonly verdict: Verdict;
  readonly atMs: number;
  readonly weight: number;
}

function countBudgets(
  { budgets }: Snapshot,
  windows: Map<string, Map<string, number>>,
  { record, verdict, atMs, weight }: Counted,
): void {
  for (const { budget: name, key } of verdict.budgets) {
    const budget = budgets.get(name);
    const amount = budget ? amountOf(budget.unit, record) : null;
    if (!budget || amount === null) continue;
    const { window } = budget;
    const begin = window.kind === 'rolling' ? Math.floor(atMs / window.ms) : windowOf(window, atMs).startMs;
    const counted = windows.get(name) ?? new Map<string, number>();
    const cell = `${key} ${begin}`;
    counted.set(cell, (counted.get(cell) ?? 0) + amount * weight);
    windows.set(name, counted);
  }
}

/** What a finished request counts; null where a recording does not tell. */
function amountOf(unit: Budget['unit'], { outcome }: TrafficRecord): number | null {
  const usage = outcome?.usage;
  const input = usage == null ? null : inputTokens(usage);
  const output = usage == null ? null : outputTokens(usage);
  switch (unit) {
    case 'cost':
      return outcome?.costMicroUsd ?? null;
    case 'requests':
      return 1;
    case 'inputTokens':
      return input;
    case 'outputTokens':
      return output;
    case 'tokens':
      return input === null || output === null ? null : input + output;
    case 'concurrency':
      return null;
  }
}

function countCache(
  caches: Map<string, { lookups: number; hits: number }>,
  name: string,
  { outcome }: TrafficRecord,
): void {
  // A record from before the cache existed tells nothing about it.
  if (outcome === undefined || outcome.cache === 'off' || outcome.cache === 'bypass') return;
  const counted = caches.get(name) ?? { lookups: 0, hits: 0 };
  counted.lookups += 1;
  if (outcome.cache === 'hit' || outcome.cache === 'semantic-hit' || outcome.cache === 'stale') counted.hits += 1;
  caches.set(name, counted);
}

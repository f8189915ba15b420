import { type AlertRule, type BacktestIncident, createBacktest, recordSample, type TrafficSample } from '#alerts';
import type { TrafficRecord } from '#decision-log';
import { secretAges } from '#gateway';
import { createMinHeap } from '#replay';
import type { Snapshot } from '#snapshot';
import { createRecordedBreakers } from './recorded-breakers.ts';
import { createRecordedBudgets } from './recorded-budgets.ts';

/** Alerts over a recording, decided by the engine that a gateway evaluates them with. */
export interface AlertPlay {
  /** Takes the next record; records come in the order of their clocks. Gives what alerts see of it: null when its end is not recorded. */
  readonly add: (record: TrafficRecord) => TrafficSample | null;
  /** Lets the time go on until everything is quiet, and tells all incidents in their order. */
  readonly finish: () => readonly BacktestIncident[];
}

interface Ended {
  readonly sample: TrafficSample;
  readonly record: TrafficRecord;
  readonly number: number;
}

/**
 * Creates a play in which nothing has happened. A request counts when it ends: a long answer after a short one that came later. What is kept is no more than was under way
 * at one moment. Budgets, breakers and the age of keys are those of the snapshot's policies: a limit that was edited is tried on the traffic of before.
 */
export function createAlertPlay(rules: readonly AlertRule[], snapshot: Snapshot): AlertPlay {
  const budgets = createRecordedBudgets(snapshot, new Set(rules.flatMap(({ budget }) => budget ?? [])));
  const breakers = createRecordedBreakers(snapshot);
  const needsBreakers = rules.some(({ metric }) => metric === 'breaker-open');
  const backtest = createBacktest(rules, {
    budgets: budgets.read,
    openBreakers: breakers.open,
    keys: [...snapshot.keys.values()].map(({ consumer, id, createdAtMs }) => ({ consumer, id, createdAtMs })),
    secrets: secretAges(snapshot, []),
  });
  const underWay = createMinHeap<Ended>((a, b) => a.sample.atMs - b.sample.atMs || a.number - b.number);
  let number = 0;

  function endUntil(nowMs: number): void {
    for (let next = underWay.peek(); next !== undefined && next.sample.atMs <= nowMs; next = underWay.peek()) {
      underWay.pop();
      const { sample, record } = next;
      backtest.add(sample, record.dropped ?? 0);
      budgets.charge(record, sample.atMs);
    }
  }

  return {
    add(record) {
      const sample = recordSample(record);
      if (sample === null) return null;
      endUntil(Date.parse(record.at));
      number += 1;
      underWay.push({ sample, record, number });
      if (needsBreakers) breakers.take(record);
      return sample;
    },
    finish() {
      endUntil(Number.POSITIVE_INFINITY);
      return backtest.finish();
    },
  };
}

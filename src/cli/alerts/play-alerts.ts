import { type AlertRule, type BacktestIncident, createBacktest, recordSample, type TrafficSample } from '#alerts';
import type { TrafficRecord } from '#decision-log';
import { createMinHeap } from '#replay';

/** Alerts over a recording, decided by the engine that a gateway evaluates them with. */
export interface AlertPlay {
  /** Takes the next record; records come in the order of their clocks. Gives what alerts see of it: null when its end is not recorded. */
  readonly add: (record: TrafficRecord) => TrafficSample | null;
  /** Lets the time go on until everything is quiet, and tells all incidents in their order. */
  readonly finish: () => readonly BacktestIncident[];
}

interface Ended {
  readonly sample: TrafficSample;
  readonly drops: number;
  readonly number: number;
}

/**
 * Creates a play in which nothing has happened. A request counts when it ends: a long answer after a short one that came later. What is kept is no more than was under way
 * at one moment.
 */
export function createAlertPlay(rules: readonly AlertRule[]): AlertPlay {
  const backtest = createBacktest(rules);
  const underWay = createMinHeap<Ended>((a, b) => a.sample.atMs - b.sample.atMs || a.number - b.number);
  let number = 0;

  function endUntil(nowMs: number): void {
    for (let next = underWay.peek(); next !== undefined && next.sample.atMs <= nowMs; next = underWay.peek()) {
      underWay.pop();
      backtest.add(next.sample, next.drops);
    }
  }

  return {
    add(record) {
      const sample = recordSample(record);
      if (sample === null) return null;
      endUntil(Date.parse(record.at));
      number += 1;
      underWay.push({ sample, drops: record.dropped ?? 0, number });
      return sample;
    },
    finish() {
      endUntil(Number.POSITIVE_INFINITY);
      return backtest.finish();
    },
  };
}

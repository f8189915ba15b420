import { type AlertRule, alertRules, isBacktestable, type TrafficSample } from '#alerts';
import type { TrafficRecord } from '#decision-log';
import type { Snapshot } from '#snapshot';
import { createAlertPlay } from '../alerts/play-alerts.ts';

const DAY_MS = 86_400_000;

/** Counts how often alerts would have begun to fire. */
export interface AlertEvidence {
  /** Records come in the order of their clocks. */
  readonly add: (record: TrafficRecord) => void;
  /** Alerts whose condition the recording cannot show are missing. */
  readonly counts: () => ReadonlyMap<string, number>;
}

/** Watches the alerts of the snapshot's environment that requests decide, over the days that a recording covers. */
export function createAlertEvidence(snapshot: Snapshot): AlertEvidence {
  const rules = alertRules(snapshot).filter(isBacktestable);
  const play = createAlertPlay(rules);
  const shown = new Set<AlertRule['metric']>();
  let firstMs: number | null = null;
  let lastMs = 0;

  return {
    add(record) {
      const sample = play.add(record);
      if (sample === null) return;
      firstMs ??= sample.atMs;
      lastMs = Math.max(lastMs, sample.atMs);
      for (const { metric } of rules) if (!shown.has(metric) && SHOWS[metric]?.(sample, record)) shown.add(metric);
    },
    counts() {
      const days = (lastMs - (firstMs ?? lastMs)) / DAY_MS;
      const fired = play.finish();
      return new Map(
        rules
          .filter(({ metric }) => shown.has(metric) && days >= (NEEDS_DAYS[metric] ?? 0))
          .map(({ name }) => [name, fired.filter(({ alert }) => alert === name).length]),
      );
    },
  };
}

type Shows = (sample: TrafficSample, record: TrafficRecord) => boolean;

const always: Shows = () => true;
const isPriced: Shows = (_, { outcome }) => outcome?.costMicroUsd !== undefined;

/** Whether a record says what an alert on the metric looks at: an imported one may know no cost, no cache and no call. */
const SHOWS: Readonly<Partial<Record<AlertRule['metric'], Shows>>> = {
  'error-rate': always,
  'fallback-share': always,
  latency: (_, { outcome }) => outcome?.durationMs !== undefined,
  'first-token': ({ firstTokenMs }) => firstTokenMs !== null,
  'cache-hit-rate': ({ cache }) => cache !== null,
  'provider-down': ({ calls }) => calls.some(({ provider }) => provider !== ''),
  'recorder-drops': (_, { gatewayVersion }) => gatewayVersion !== undefined,
  cost: isPriced,
  'spend-anomaly': isPriced,
};

/** The first week is what a spend anomaly is compared with; it says something of the days after it. */
const NEEDS_DAYS: Readonly<Partial<Record<AlertRule['metric'], number>>> = { 'spend-anomaly': 14 };

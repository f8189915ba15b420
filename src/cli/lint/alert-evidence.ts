import { type AlertRule, alertRules, isBacktestable, type TrafficSample } from '#alerts';
import type { TrafficRecord } from '#decision-log';
import type { Budget, Snapshot } from '#snapshot';
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
  const play = createAlertPlay(rules, snapshot);
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
          .filter((rule) => shown.has(rule.metric) && days >= needsDays(rule, snapshot))
          .map(({ name }) => [name, fired.filter(({ alert }) => alert === name).length]),
      );
    },
  };
}

type Shows = (sample: TrafficSample, record: TrafficRecord) => boolean;

const always: Shows = () => true;
const isCharged: Shows = (_, { outcome }) => outcome?.costMicroUsd !== undefined || outcome?.usage !== undefined;
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
  // How old keys are is no matter of traffic.
  'key-age': () => false,
  'breaker-open': ({ calls }) => calls.some(({ target }) => target !== ''),
  'budget-used': isCharged,
  forecast: isCharged,
  cost: isPriced,
  'spend-anomaly': isPriced,
};

/** How long a recording has to be to say something of the alert. */
function needsDays({ metric, budget }: AlertRule, { budgets }: Snapshot): number {
  // The first week is what a spend anomaly is compared with; it says something of the days after it.
  if (metric === 'spend-anomaly') return 14;
  const window = budgets.get(budget ?? '')?.window;
  if (window === undefined) return 0;
  return window.kind === 'rolling' ? window.ms / DAY_MS : WINDOW_DAYS[window.every];
}

type CalendarWindow = Extract<Budget['window'], { kind: 'calendar' }>;
const WINDOW_DAYS: Readonly<Record<CalendarWindow['every'], number>> = {
  ...{ hour: 1 / 24, day: 1, week: 7, month: 31, quarter: 92 },
};

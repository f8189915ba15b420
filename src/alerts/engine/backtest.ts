import { type AlertState, advanceAlert, QUIET } from './advance-alert.ts';
import type { AlertRule } from './alert-rule.ts';
import { type AlertInputs, type AlertReading, type BudgetReading, readAlert } from './read-alert.ts';
import type { TrafficSample } from './traffic-sample.ts';
import { createTrafficWindows, totalsOf, type WindowsPost } from './traffic-window.ts';

/** One incident that an alert would have told. */
export interface BacktestIncident {
  readonly alert: string;
  /** Since when the condition held. */
  readonly heldSinceMs: number;
  /** When it would have been told. */
  readonly firedMs: number;
  /** Null when it lasted to the end of the recording. */
  readonly endedMs: number | null;
  /** When it fired. */
  readonly reading: AlertReading;
}

/** What the alerts of some policies would have done on recorded traffic. */
export interface Backtest {
  /** Takes the next request; requests come in the order of their end, or nearly so. */
  readonly add: (sample: TrafficSample, drops?: number) => void;
  /** Lets the time go on until everything is quiet, and tells all incidents in their order. */
  readonly finish: () => readonly BacktestIncident[];
}

/** What conditions look at beside requests, at a moment of the recording. */
export interface BacktestState {
  readonly budgets: (budget: string, nowMs: number) => readonly BudgetReading[];
  readonly openBreakers: (nowMs: number) => AlertInputs['openBreakers'];
  readonly keys: AlertInputs['keys'];
  readonly secrets: AlertInputs['secrets'];
}

/** As often as a gateway promises to evaluate. */
const STEP_MS = 5000;
/** As the usage ledger keeps costs. */
const SLICE_MS = 900_000;
const WEEK_MS = 7 * 86_400_000;
const WEEKS = [1, 2, 3, 4];

/** Whether a recording says enough to try the alert: policies that were refused never decided a request, so that nothing in it tells of them. Pure. */
export function isBacktestable({ metric }: Pick<AlertRule, 'metric'>): boolean {
  return metric !== 'policy-rejected';
}

/** Conditions that may begin to hold while nothing happens. */
const BY_TIME_ALONE: ReadonlySet<AlertRule['metric']> = new Set(['forecast', 'key-age'] as const);
const LOOK_AT_LEAST_EVERY_MS = 60_000;

/** Creates a backtest of rules over the clock of a recording. Effects: none. */
export function createBacktest(rules: readonly AlertRule[], world: BacktestState): Backtest {
  const watched = rules.filter(isBacktestable);
  const windows = createTrafficWindows();
  const states = new Map<string, AlertState>();
  const fired: { incident: BacktestIncident; id: string }[] = [];
  const slices = new Map<number, number>();
  const longestMs = Math.max(0, ...watched.map(({ overMs, clearForMs }) => overMs + clearForMs)) + 2 * STEP_MS;
  const leapMs = watched.some(({ metric }) => BY_TIME_ALONE.has(metric))
    ? LOOK_AT_LEAST_EVERY_MS
    : Number.POSITIVE_INFINITY;
  let post: WindowsPost = {};
  let clockMs: number | null = null;
  let firstMs: number | null = null;
  let lastMs = 0;

  function evaluate(nowMs: number): void {
    post = windows.post(watched, nowMs) ?? post;
    for (const rule of watched) {
      const totals = totalsOf(rule, [post], nowMs);
      const usualMicroUsd = rule.metric === 'spend-anomaly' ? usualCost(rule, nowMs) : null;
      const reading = readAlert(rule, {
        ...{ nowMs, totals, usualMicroUsd, rejected: null },
        budgets: rule.budget === null ? [] : world.budgets(rule.budget, nowMs),
        openBreakers: rule.metric === 'breaker-open' ? world.openBreakers(nowMs) : [],
        ...{ keys: world.keys, secrets: world.secrets },
      });
      const before = states.get(rule.name) ?? QUIET;
      const { state, ended } = advanceAlert(before, rule, reading, nowMs);
      states.set(rule.name, state);
      if (before.kind !== 'firing' && state.kind === 'firing') {
        const { id, startedMs, firedMs } = state.incident;
        fired.push({ id, incident: { alert: rule.name, heldSinceMs: startedMs, firedMs, endedMs: null, reading } });
      }
      const over = ended === null ? undefined : fired.find(({ id }) => id === ended.id);
      if (over !== undefined) over.incident = { ...over.incident, endedMs: ended?.endedMs ?? null };
    }
  }

  function usualCost({ overMs }: AlertRule, nowMs: number): number | null {
    const ends = WEEKS.map((week) => nowMs - week * WEEK_MS).filter((endMs) => endMs - overMs >= (firstMs ?? nowMs));
    if (ends.length === 0) return null;
    return ends.reduce((sum, endMs) => sum + costBetween(endMs - overMs, endMs), 0) / ends.length;
  }

  function costBetween(fromMs: number, toMs: number): number {
    let sum = 0;
    for (let startMs = Math.floor(fromMs / SLICE_MS) * SLICE_MS; startMs < toMs; startMs += SLICE_MS) {
      const sharedMs = Math.min(toMs, startMs + SLICE_MS) - Math.max(fromMs, startMs);
      sum += ((slices.get(startMs) ?? 0) * sharedMs) / SLICE_MS;
    }
    return sum;
  }

  function isQuiet(): boolean {
    return [...states.values()].every(({ kind }) => kind === 'quiet');
  }

  function goOn(toMs: number): void {
    clockMs ??= toMs;
    while (clockMs + STEP_MS <= toMs) {
      // A night without a request is leapt over.
      const isIdle = clockMs - lastMs > longestMs && isQuiet();
      const leap = Math.min(leapMs, Math.floor((toMs - clockMs) / STEP_MS) * STEP_MS);
      clockMs += isIdle ? Math.max(STEP_MS, leap) : STEP_MS;
      evaluate(clockMs);
    }
  }

  return {
    add(sample, drops = 0) {
      goOn(sample.atMs);
      lastMs = Math.max(lastMs, sample.atMs);
      windows.add(watched, sample);
      windows.addDrops(watched, drops, sample.atMs);
      firstMs ??= sample.atMs;
      const sliceMs = Math.floor(sample.atMs / SLICE_MS) * SLICE_MS;
      slices.set(sliceMs, (slices.get(sliceMs) ?? 0) + sample.costMicroUsd * sample.weight);
    },
    finish() {
      // What happens after the last request is not known: only what it set off is told.
      if (clockMs !== null) goOn(lastMs + STEP_MS);
      return fired.map(({ incident }) => incident).sort((a, b) => a.firedMs - b.firedMs);
    },
  };
}

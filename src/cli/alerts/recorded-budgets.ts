import type { BudgetReading } from '#alerts';
import { type CounterKey, forecast, type HourSpend } from '#decision';
import { type TrafficRecord, tellable } from '#decision-log';
import type { Snapshot } from '#snapshot';
import { type Counter, createCounter, refreshCounter, spend } from '#state';
import { recordedCharges } from './recorded-charges.ts';

/** The counters of budgets as a recording fills them. */
export interface RecordedBudgets {
  /** Charges a request that ends now. */
  readonly charge: (record: TrafficRecord, nowMs: number) => void;
  /** Every counter of a budget that was charged in a window that is not over, as an alert reads it. */
  readonly read: (budget: string, nowMs: number) => readonly BudgetReading[];
}

interface Kept {
  readonly key: CounterKey;
  readonly counter: Counter;
  readonly hours: HourSpend[];
  /** The projection, made once a minute: it looks at five weeks of hours. */
  projected: Pick<BudgetReading, 'projected' | 'reachesLimitAtMs'>;
  projectedMs: number;
}

const HOUR_MS = 3_600_000;
/** As far as a forecast looks back. */
const HISTORY_HOURS = 5 * 7 * 24;
const PROJECT_EVERY_MS = 60_000;
const UNKNOWN = { projected: null, reachesLimitAtMs: null } as const;

/**
 * Creates counters for the budgets of those names. Each begins with what the recording says of it when it is first met, else with nothing; rolling windows forget in the sixty pieces in which the
 * gateway's do. Effects: none; memory grows with the splits of the budgets.
 */
export function createRecordedBudgets(snapshot: Snapshot, names: ReadonlySet<string>): RecordedBudgets {
  const byBudget = new Map<string, Map<string, Kept>>();
  /** By budget and split, through all windows. */
  const hours = new Map<string, HourSpend[]>();

  function keptOf(key: CounterKey, record: TrafficRecord): Kept {
    const counters = byBudget.get(key.budget) ?? new Map<string, Kept>();
    byBudget.set(key.budget, counters);
    const known = counters.get(key.key);
    if (known !== undefined) return known;
    const startedMs = Date.parse(record.at);
    const counter = createCounter(key, startedMs);
    spend(counter, record.facts?.counters?.[key.key]?.spent ?? 0, startedMs);
    const series = JSON.stringify([key.budget, key.split]);
    const own = hours.get(series) ?? [];
    hours.set(series, own);
    const made = { key, counter, hours: own, projected: UNKNOWN, projectedMs: Number.NEGATIVE_INFINITY };
    counters.set(key.key, made);
    return made;
  }

  return {
    charge(record, nowMs) {
      for (const { counter: key, amount } of recordedCharges(snapshot, record)) {
        if (!names.has(key.budget)) continue;
        const { counter, hours: own } = keptOf(key, record);
        const counted = amount * (record.sampleWeight ?? 1);
        spend(counter, counted, nowMs);
        addHour(own, counted, nowMs);
      }
    },
    read(budget, nowMs) {
      const counters = byBudget.get(budget);
      if (counters === undefined) return [];
      for (const [key, { counter }] of counters) if (counter.windowEndMs <= nowMs) counters.delete(key);
      return [...counters.values()].map((kept) => readingOf(kept, nowMs));
    },
  };
}

function addHour(hours: HourSpend[], amount: number, nowMs: number): void {
  const startMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS;
  const last = hours.at(-1);
  if (last !== undefined && last.startMs >= startMs) {
    hours[hours.length - 1] = { ...last, amount: last.amount + amount };
    return;
  }
  hours.push({ startMs, amount });
  if (hours.length > HISTORY_HOURS) hours.shift();
}

function readingOf(kept: Kept, nowMs: number): BudgetReading {
  const { key, counter } = kept;
  refreshCounter(counter, nowMs);
  if (nowMs - kept.projectedMs >= PROJECT_EVERY_MS) {
    kept.projectedMs = nowMs;
    kept.projected = projectionOf(kept, nowMs);
  }
  return {
    ...{ budget: key.budget, split: key.split.map(tellable), unit: key.unit, limit: key.limit, spent: counter.spent },
    windowEndMs: counter.rolling === null ? counter.windowEndMs : null,
    ...kept.projected,
  };
}

function projectionOf({ key, counter, hours }: Kept, nowMs: number): Kept['projected'] {
  if (counter.rolling !== null || key.unit === 'concurrency') return UNKNOWN;
  const { limit, windowStartMs, windowEndMs } = key;
  const found = forecast({ spent: counter.spent, limit, windowStartMs, windowEndMs, nowMs, hours });
  return found === null ? UNKNOWN : { projected: found.projected, reachesLimitAtMs: found.reachesLimitAtMs };
}

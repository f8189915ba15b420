import type { DatabaseSync } from 'node:sqlite';
import { compareText, inputTokens, outputTokens, TOKEN_CLASSES, type Usage } from '#core';
import type { Forecast, ForecastInput, HourSpend } from '#decision';
import { createTopRequests } from './top-requests.ts';
import { PIECE_COLUMNS, SLICE_MS, TOKEN_COLUMNS } from './usage-columns.ts';
import type { BudgetStanding, UsageGroup, UsageLine, UsageQuery, UsageReport, UsageTotals } from './usage-report.ts';

/** Reads a usage ledger while others write it. */
export interface UsageReader {
  /** Whose days the gateway counts in; UTC before the first entry. */
  readonly timezone: () => string;
  /** When the first request came that the ledger holds; null while it holds none. */
  readonly firstMs: () => number | null;
  /** Sums, groups and the largest requests. Other work goes on in between. */
  readonly report: (query: UsageQuery) => Promise<UsageReport>;
  /** Calendar budgets that were charged in the window they are in now, by name and split. */
  readonly standings: (nowMs: number, forecast: (input: ForecastInput) => Forecast | null) => readonly BudgetStanding[];
  /** Splits that a budget was ever charged under and whose window is not over. */
  readonly splitsOf: (budget: string, nowMs: number) => readonly (readonly string[])[];
  /** What all requests of a span cost, in micro-USD; a quarter of an hour that it cuts counts by its part. */
  readonly costBetween: (fromMs: number, toMs: number) => number;
  /** What a budget was charged, hour by hour. */
  readonly hoursOf: (budget: string, split: readonly string[], unit: string, sinceMs: number) => readonly HourSpend[];
}

type Row = Readonly<Record<string, unknown>>;

/** A forecast looks back this long. */
const HISTORY_MS = 5 * 7 * 86_400_000;
const NUMBERS = ['requests', 'failed', 'fallbacks', 'estimated', 'unpriced', ...Object.values(TOKEN_COLUMNS)];
const SUMS = [...NUMBERS, 'cost_micro_usd', 'saved_micro_usd'].map((name) => `sum(${name}) AS ${name}`).join(', ');
const KEYS: Readonly<Record<UsageGroup, string>> = {
  consumer: 'consumer',
  team: 'team',
  model: 'model',
  provider: 'provider',
  route: 'route',
  day: 'slice_ms',
};

/** Prepares the statements on an open ledger. */
export function createUsageReader(database: DatabaseSync): UsageReader {
  const setting = database.prepare('SELECT value FROM settings WHERE name = ?');
  const sums = [SUMS, ...pieceSums(database)].join(', ');
  const first = database.prepare('SELECT min(at_ms) AS first FROM charges');
  const topRequests = createTopRequests(database);
  const counters = database.prepare(
    'SELECT * FROM counters WHERE window_end_ms > ? AND window_start_ms <= ? AND is_rolling = 0 ORDER BY budget, split',
  );
  const splits = database.prepare(
    'SELECT DISTINCT split FROM counters WHERE budget = ? AND (is_rolling = 1 OR window_end_ms > ?) ORDER BY split',
  );
  const hours = database.prepare(
    'SELECT hour_ms, amount FROM budget_hours WHERE budget = ? AND split = ? AND unit = ? AND hour_ms >= ? ORDER BY hour_ms',
  );

  const costs = database.prepare(
    'SELECT slice_ms, sum(cost_micro_usd) AS cost FROM slices WHERE slice_ms > ? AND slice_ms < ? GROUP BY slice_ms',
  );

  function firstMs(): number | null {
    const found = first.get()?.first;
    return found === null || found === undefined ? null : Number(found);
  }

  async function report(query: UsageQuery): Promise<UsageReport> {
    const fromMs = Math.floor(query.fromMs / SLICE_MS) * SLICE_MS;
    const toMs = Math.ceil(query.toMs / SLICE_MS) * SLICE_MS;
    const { by } = query;
    const rows = database
      .prepare(`SELECT ${KEYS[by]} AS key, ${sums} FROM slices WHERE slice_ms >= ? AND slice_ms < ? GROUP BY 1`)
      .all(fromMs, toMs);
    const byKey = Map.groupBy(rows, (row) => (by === 'day' ? query.dateOf(Number(row.key)) : String(row.key)));
    const totals = totalsOf(rows);
    const groups = [...byKey].map(([key, own]) => lineOf(key, totalsOf(own), totals));
    return {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      by,
      totals,
      groups: groups.sort(by === 'day' ? byName : byCost),
      top: await topRequests(fromMs, toMs, query.top),
    };
  }

  function hoursOf(budget: string, split: readonly string[], unit: string, sinceMs: number): readonly HourSpend[] {
    return hours
      .all(budget, JSON.stringify(split), unit, sinceMs)
      .map(({ hour_ms, amount }) => ({ startMs: Number(hour_ms), amount: Number(amount) }));
  }

  return {
    timezone: () => String(setting.get('timezone')?.value ?? 'UTC'),
    firstMs,
    costBetween(fromMs, toMs) {
      let sum = 0;
      for (const row of costs.all(Math.floor(fromMs - SLICE_MS), Math.ceil(toMs))) {
        const startMs = Number(row.slice_ms);
        const sharedMs = Math.min(toMs, startMs + SLICE_MS) - Math.max(fromMs, startMs);
        sum += (Number(row.cost) * Math.max(0, sharedMs)) / SLICE_MS;
      }
      return sum;
    },
    report,
    hoursOf,
    splitsOf: (budget, nowMs) => splits.all(budget, nowMs).map(({ split }) => JSON.parse(String(split)) as string[]),
    standings: (nowMs, forecast) =>
      counters.all(nowMs, nowMs).map((row) => {
        const standing = standingOf(row);
        const { budget, split, unit } = standing;
        const own = hoursOf(budget, split, unit, nowMs - HISTORY_MS);
        return { ...standing, forecast: forecast({ ...standing, nowMs, hours: own }) };
      }),
  };
}

/** A ledger that no gateway of this version has opened yet does not count pieces. */
function pieceSums(database: DatabaseSync): readonly string[] {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
  return Object.values(PIECE_COLUMNS).map((name) => (Number(version) < 2 ? `0 AS ${name}` : `sum(${name}) AS ${name}`));
}

function standingOf(row: Row): Omit<BudgetStanding, 'forecast'> {
  return {
    budget: String(row.budget),
    split: JSON.parse(String(row.split)) as string[],
    unit: String(row.unit),
    limit: Number(row.limit_amount),
    spent: Number(row.spent),
    windowStartMs: Number(row.window_start_ms),
    windowEndMs: Number(row.window_end_ms),
  };
}

function totalsOf(rows: readonly Row[]): UsageTotals {
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name]), 0);
  const tokens = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, sum(TOKEN_COLUMNS[name])])) as unknown as Usage;
  return {
    requests: sum('requests'),
    failed: sum('failed'),
    fallbacks: sum('fallbacks'),
    estimated: sum('estimated'),
    unpriced: sum('unpriced'),
    tokens,
    inputTokens: inputTokens(tokens),
    outputTokens: outputTokens(tokens),
    images: sum(PIECE_COLUMNS.images),
    searchUnits: sum(PIECE_COLUMNS.searchUnits),
    costMicroUsd: sum('cost_micro_usd'),
    savedMicroUsd: sum('saved_micro_usd'),
  };
}

function lineOf(key: string, own: UsageTotals, all: UsageTotals): UsageLine {
  const weight = (totals: UsageTotals) =>
    all.costMicroUsd > 0 ? totals.costMicroUsd : totals.inputTokens + totals.outputTokens;
  return { key, ...own, share: weight(all) === 0 ? 0 : weight(own) / weight(all) };
}

function byCost(a: UsageLine, b: UsageLine): number {
  const tokens = (line: UsageLine) => line.inputTokens + line.outputTokens;
  return b.costMicroUsd - a.costMicroUsd || tokens(b) - tokens(a) || b.requests - a.requests || byName(a, b);
}

function byName(a: UsageLine, b: UsageLine): number {
  return compareText(a.key, b.key);
}

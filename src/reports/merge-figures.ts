import type { ForecastLine, UsageRequest, UsageTotals } from '#state';
import type { ErrorCount, FallbackCount, RecordTally } from './record-tally.ts';
import type { DayFigures, LineFigures, ReportFigures } from './report-figures.ts';

const TOP = 10;

/** The figures of the ledgers of several machines as those of one; both of the same span. Pure. */
export function mergeFigures(one: ReportFigures, other: ReportFigures): ReportFigures {
  const before =
    one.before === null || other.before === null ? (one.before ?? other.before) : addTotals(one.before, other.before);
  return {
    ...one,
    totals: addTotals(one.totals, other.totals),
    before,
    days: addUp<DayFigures>(one.days, other.days, ({ date }) => date),
    teams: addLines(one.teams, other.teams),
    models: addLines(one.models, other.models),
    consumers: addLines(one.consumers, other.consumers),
    top: {
      byCost: largest([...one.top.byCost, ...other.top.byCost], ({ costMicroUsd }) => costMicroUsd ?? 0),
      byTokens: largest([...one.top.byTokens, ...other.top.byTokens], ({ tokens }) => tokens),
    },
    budgets: mergeBudgets(one.budgets, other.budgets),
    tally: mergeTallies(one.tally, other.tally),
  };
}

function addTotals(one: UsageTotals, other: UsageTotals): UsageTotals {
  return { ...sumOf(one, other), tokens: sumOf(one.tokens, other.tokens) };
}

/** Every number of two records of the same shape. */
function sumOf<T extends object>(one: T, other: T): T {
  const sums = Object.entries(one).map(([key, value]) => {
    const more = (other as Readonly<Record<string, unknown>>)[key];
    return [key, typeof value === 'number' && typeof more === 'number' ? value + more : value];
  });
  return Object.fromEntries(sums) as T;
}

function addUp<T extends object>(one: readonly T[], other: readonly T[], keyOf: (item: T) => string): T[] {
  const byKey = new Map(one.map((item) => [keyOf(item), item]));
  for (const item of other) {
    const before = byKey.get(keyOf(item));
    byKey.set(keyOf(item), before === undefined ? item : sumOf(before, item));
  }
  return [...byKey.values()];
}

function addLines(one: readonly LineFigures[], other: readonly LineFigures[]): LineFigures[] {
  return addUp(one, other, ({ key }) => key).sort((a, b) => b.costMicroUsd - a.costMicroUsd);
}

function largest(requests: readonly UsageRequest[], sizeOf: (request: UsageRequest) => number): UsageRequest[] {
  return requests.toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, TOP);
}

/** Each ledger knows its own charges; the forecasts add up, and the cap is reached no later than either says. */
function mergeBudgets(one: readonly ForecastLine[], other: readonly ForecastLine[]): ForecastLine[] {
  const byKey = new Map<string, ForecastLine>();
  for (const line of [...one, ...other]) {
    const key = JSON.stringify([line.budget, line.split, line.window.start]);
    const before = byKey.get(key);
    byKey.set(key, before === undefined ? line : addBudget(before, line));
  }
  return [...byKey.values()];
}

function addBudget(one: ForecastLine, other: ForecastLine): ForecastLine {
  const spent = one.spent + other.spent;
  const known = [one.forecast, other.forecast].flatMap((forecast) => forecast ?? []);
  const [forecast] = known;
  const projected = known.reduce((sum, each) => sum + each.projected, 0);
  const endMs = Date.parse(one.window.end);
  const startMs = Date.parse(one.window.start);
  // Of two ledgers nobody knows the hours any more: a straight line from the start of the window to what it leads to.
  const reachesMs = startMs + ((endMs - startMs) * one.limit) / Math.max(projected, 1);
  const reachesLimitAt = projected > one.limit && reachesMs < endMs ? new Date(reachesMs).toISOString() : null;
  return {
    ...one,
    spent,
    share: one.limit === 0 ? 1 : spent / one.limit,
    forecast: forecast === undefined ? null : { ...forecast, projected, reachesLimitAt },
  };
}

function mergeTallies(one: RecordTally, other: RecordTally): RecordTally {
  const routes = new Set([...Object.keys(one.routes), ...Object.keys(other.routes)]);
  const dates = new Set([...Object.keys(one.lookups), ...Object.keys(other.lookups)]);
  const none = { hits: 0, misses: 0 };
  const errorKey = ({ code, status, provider }: ErrorCount) => JSON.stringify([code, status, provider]);
  const fallbackKey = ({ reason, route, model }: FallbackCount) => JSON.stringify([reason, route, model]);
  return {
    requests: one.requests + other.requests,
    answered: one.answered + other.answered,
    refused: one.refused + other.refused,
    errors: countUp(one.errors, other.errors, errorKey),
    fallbacks: countUp(one.fallbacks, other.fallbacks, fallbackKey),
    routes: Object.fromEntries(
      [...routes].map((route) => [route, mergeSketches(one.routes[route] ?? {}, other.routes[route] ?? {})]),
    ),
    lookups: Object.fromEntries(
      [...dates].map((date) => [date, sumOf(one.lookups[date] ?? none, other.lookups[date] ?? none)]),
    ),
    before:
      one.before === null || other.before === null ? (one.before ?? other.before) : sumOf(one.before, other.before),
  };
}

/** `status` is a name here, no amount. */
function countUp<T extends { readonly count: number }>(
  one: readonly T[],
  other: readonly T[],
  keyOf: (item: T) => string,
): T[] {
  const byKey = new Map(one.map((item) => [keyOf(item), item]));
  for (const item of other)
    byKey.set(keyOf(item), { ...item, count: item.count + (byKey.get(keyOf(item))?.count ?? 0) });
  return [...byKey.values()].sort((a, b) => b.count - a.count);
}

function mergeSketches(one: Readonly<Record<number, number>>, other: Readonly<Record<number, number>>) {
  const merged: Record<number, number> = { ...one };
  for (const [index, count] of Object.entries(other)) merged[Number(index)] = (merged[Number(index)] ?? 0) + count;
  return merged;
}

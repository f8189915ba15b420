import type { Forecast, ForecastInput } from '#decision';
import type { UsageReader } from './usage-reader.ts';
import type { BudgetStanding, UsageGroup, UsageReport } from './usage-report.ts';

/** What a summary is made of besides the ledger. */
export interface UsageSummaryQuery {
  /** A date, or an instant with its zone; null for the first of the month. */
  readonly from: string | null;
  /** Null for now. */
  readonly to: string | null;
  readonly by: UsageGroup;
  readonly top: number;
  readonly nowMs: number;
}

/** The calendar and the forecast, as `#decision` has them. */
export interface UsageRules {
  readonly localDate: (timezone: string, atMs: number) => string;
  readonly startOfDate: (timezone: string, date: string) => number | null;
  readonly forecast: (input: ForecastInput) => Forecast | null;
}

/** A report with its calendar, and where the budgets lead: what `/admin/usage` and `signalbox usage --format json` say. */
export interface UsageSummary extends UsageReport {
  readonly timezone: string;
  /** When the ledger's first request came; null while it holds none. */
  readonly recordedSince: string | null;
  readonly forecasts: readonly ForecastLine[];
}

/** A budget's window as the ledger knows it. */
export interface ForecastLine {
  readonly budget: string;
  readonly split: readonly string[];
  readonly unit: string;
  readonly limit: number;
  readonly spent: number;
  /** Of the limit; 1 for a limit of nothing. */
  readonly share: number;
  readonly window: { readonly start: string; readonly end: string };
  /** Null with too little to go by. */
  readonly forecast: ForecastSummary | null;
}

/** A forecast in words that JSON has. */
export interface ForecastSummary {
  readonly projected: number;
  /** Null when the limit is not reached within the window. */
  readonly reachesLimitAt: string | null;
  readonly basis: Forecast['basis'];
}

/** A field of the query that says nothing. */
export class UsageQueryError extends Error {
  readonly field: 'from' | 'to';

  constructor(field: 'from' | 'to', message: string) {
    super(message);
    this.name = 'UsageQueryError';
    this.field = field;
  }
}

// Without its zone an instant would mean another on every machine.
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Sums up a usage ledger. Rejects with UsageQueryError for what is no date. */
export async function summarizeUsage(
  reader: UsageReader,
  { from, to, by, top, nowMs }: UsageSummaryQuery,
  rules: UsageRules,
): Promise<UsageSummary> {
  const timezone = reader.timezone();
  const firstOfMonth = `${rules.localDate(timezone, nowMs).slice(0, 7)}-01`;
  const fromMs = instantOf('from', from ?? firstOfMonth, timezone, rules);
  const toMs = to === null ? nowMs : instantOf('to', to, timezone, rules);
  if (fromMs >= toMs) throw new UsageQueryError('from', 'from is not before to');
  const dateOf = (atMs: number) => rules.localDate(timezone, atMs);
  const report = await reader.report({ fromMs, toMs, by, top, dateOf });
  const firstMs = reader.firstMs();
  return {
    ...report,
    timezone,
    recordedSince: firstMs === null ? null : new Date(firstMs).toISOString(),
    forecasts: reader
      .standings(nowMs, rules.forecast)
      .filter(({ unit }) => unit !== 'concurrency')
      .map(forecastLine),
  };
}

/** A forecast as JSON shows it. Pure. */
export function forecastSummary(forecast: Forecast | null): ForecastSummary | null {
  if (forecast === null) return null;
  const { projected, reachesLimitAtMs, basis } = forecast;
  const reachesLimitAt = reachesLimitAtMs === null ? null : new Date(reachesLimitAtMs).toISOString();
  return { projected, reachesLimitAt, basis };
}

/** A standing with its share and forecast, as reports have it. Pure. */
export function forecastLine({ windowStartMs, windowEndMs, forecast, ...standing }: BudgetStanding): ForecastLine {
  const { spent, limit } = standing;
  return {
    ...standing,
    share: limit === 0 ? 1 : spent / limit,
    window: { start: new Date(windowStartMs).toISOString(), end: new Date(windowEndMs).toISOString() },
    forecast: forecastSummary(forecast),
  };
}

function instantOf(field: 'from' | 'to', text: string, timezone: string, rules: UsageRules): number {
  const atMs = INSTANT.test(text) ? Date.parse(text) : rules.startOfDate(timezone, text);
  if (atMs !== null && !Number.isNaN(atMs)) return atMs;
  throw new UsageQueryError(
    field,
    `${field} is a date such as 2026-11-01, or an instant such as 2026-11-01T09:00:00Z, not ${JSON.stringify(text)}`,
  );
}

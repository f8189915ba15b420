/** What was spent in one hour; amounts in the budget's unit. */
export interface HourSpend {
  /** A multiple of one hour, in ms since 1970. */
  readonly startMs: number;
  readonly amount: number;
}

/** What a forecast starts from. */
export interface ForecastInput {
  readonly spent: number;
  readonly limit: number;
  readonly windowStartMs: number;
  readonly windowEndMs: number;
  readonly nowMs: number;
  /** Hours with any spending, of this window and of those before it; the first one is where the history begins. */
  readonly hours: readonly HourSpend[];
}

/** Where spending leads if it goes on as it did. */
export interface Forecast {
  /** Spent at the end of the window; at least what is spent now. */
  readonly projected: number;
  /** When the limit is reached: now when it is already, never before; null when not within this window. */
  readonly reachesLimitAtMs: number | null;
  /** `hours-of-week`: every hour as the same hours of the past two to four weeks; `linear`: the mean rate of the last seven days at most. */
  readonly basis: 'hours-of-week' | 'linear';
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_HOURS = 168;
const WEEK_MS = WEEK_HOURS * HOUR_MS;
const MAX_WEEKS = 4;

/**
 * Projects spending to the end of a calendar window. Null with too little to go by: the history must reach back one day, or half of the window where
 * that is less. From two weeks on, and for windows longer than an hour, each hour to come counts as the mean of the same hours of the past whole weeks, so that a Monday
 * does not look like a Sunday; before that the mean rate of the last seven days holds. Pure.
 */
export function forecast(input: ForecastInput): Forecast | null {
  const { spent, nowMs, windowStartMs, windowEndMs, hours } = input;
  const firstMs = Math.min(...hours.map(({ startMs }) => startMs));
  const historyMs = nowMs - firstMs;
  const needsMs = Math.min(DAY_MS, (windowEndMs - windowStartMs) / 2);
  if (hours.length === 0 || historyMs < needsMs || nowMs < windowStartMs) return null;
  const weeks = Math.min(MAX_WEEKS, Math.floor(historyMs / WEEK_MS));
  const isLong = windowEndMs - windowStartMs > HOUR_MS;
  const basis = weeks >= 2 && isLong ? 'hours-of-week' : 'linear';
  const rate = basis === 'linear' ? meanRate(hours, firstMs, nowMs) : weeklyRate(hours, weeks, nowMs);
  const { total, reachesLimitAtMs } = run(input, rate);
  return { projected: Math.max(spent, Math.round(total)), reachesLimitAtMs, basis };
}

/** Per hour, for the hour that begins then. */
type Rate = (hourStartMs: number) => number;

function meanRate(hours: readonly HourSpend[], firstMs: number, nowMs: number): Rate {
  const fromMs = Math.max(firstMs, hourOf(nowMs - WEEK_MS));
  const sum = hours.reduce((total, { startMs, amount }) => total + (startMs >= fromMs ? amount : 0), 0);
  const perHour = sum / ((nowMs - fromMs) / HOUR_MS);
  return () => perHour;
}

/** Hours of the week are counted from 1970, so that no time zone is needed: only a change of the clock shifts them, by an hour. */
function weeklyRate(hours: readonly HourSpend[], weeks: number, nowMs: number): Rate {
  const untilMs = hourOf(nowMs);
  const fromMs = untilMs - weeks * WEEK_MS;
  const slots = new Float64Array(WEEK_HOURS);
  for (const { startMs, amount } of hours) {
    if (startMs >= fromMs && startMs < untilMs) slots[slotOf(startMs)] = (slots[slotOf(startMs)] ?? 0) + amount;
  }
  return (hourStartMs) => (slots[slotOf(hourStartMs)] ?? 0) / weeks;
}

function run({ spent, limit, nowMs, windowEndMs }: ForecastInput, rate: Rate) {
  let total = spent;
  let reachesLimitAtMs = spent >= limit ? nowMs : null;
  for (let atMs = nowMs; atMs < windowEndMs; ) {
    const untilMs = Math.min(windowEndMs, hourOf(atMs) + HOUR_MS);
    const added = (rate(hourOf(atMs)) * (untilMs - atMs)) / HOUR_MS;
    if (reachesLimitAtMs === null && added > 0 && total + added >= limit) {
      reachesLimitAtMs = Math.min(untilMs, atMs + Math.ceil(((limit - total) / added) * (untilMs - atMs)));
    }
    total += added;
    atMs = untilMs;
  }
  return { total, reachesLimitAtMs };
}

function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS) * HOUR_MS;
}

function slotOf(hourStartMs: number): number {
  return (hourStartMs / HOUR_MS) % WEEK_HOURS;
}

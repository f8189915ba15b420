import { type Forecast, type ForecastInput, localDate } from '#decision';
import type { TrafficRecord } from '#decision-log';
import { forecastLine, type UsageGroup, type UsageLine, type UsageReader } from '#state';
import { createRecordTally } from './record-tally.ts';
import type { DayFigures, LineFigures, ReportFigures } from './report-figures.ts';
import type { ReportSpan } from './report-time.ts';

/** What figures are gathered from. */
export interface ReportSources {
  readonly usage: Pick<UsageReader, 'report' | 'standings'>;
  /** Records of both spans, in batches; others among them change nothing. */
  readonly records: AsyncIterable<readonly TrafficRecord[]>;
  readonly forecast: (input: ForecastInput) => Forecast | null;
  readonly nowMs: number;
}

/** As many requests as a report names. */
const TOP = 10;
const STEP_MS = 20 * 3_600_000;

/** Reads what a report says of a span. Effects: reads the sources. */
export async function gatherFigures(
  span: ReportSpan,
  timezone: string,
  sources: ReportSources,
): Promise<ReportFigures> {
  const { usage, nowMs } = sources;
  const dateOf = (atMs: number) => localDate(timezone, atMs);
  const now = (by: UsageGroup, top = 0) => usage.report({ fromMs: span.startMs, toMs: span.endMs, by, top, dateOf });
  const earlier = (by: UsageGroup) => usage.report({ fromMs: span.beforeMs, toMs: span.startMs, by, top: 0, dateOf });
  const lines = async (by: UsageGroup): Promise<readonly LineFigures[]> => {
    const before = new Map((await earlier(by)).groups.map(({ key, costMicroUsd }) => [key, costMicroUsd]));
    const { groups } = await now(by);
    return groups.map((line) => ({ ...lineOf(line), beforeMicroUsd: before.get(line.key) ?? 0 }));
  };
  const { totals, top, groups: daysNow } = await now('day', TOP);
  const { totals: before, groups: daysBefore } = await earlier('day');
  const tally = createRecordTally(span, timezone);
  for await (const batch of sources.records) for (const record of batch) tally.add(record);
  return {
    span,
    timezone,
    totals,
    before: before.requests === 0 ? null : before,
    days: everyDay(span, dateOf, [...daysBefore, ...daysNow]),
    teams: await lines('team'),
    models: await lines('model'),
    consumers: await lines('consumer'),
    top,
    budgets: usage.standings(nowMs, sources.forecast).map(forecastLine),
    tally: tally.result(),
  };
}

function lineOf(line: UsageLine): Omit<LineFigures, 'beforeMicroUsd'> {
  const { key, requests, failed, fallbacks, inputTokens, outputTokens, costMicroUsd, savedMicroUsd } = line;
  return { key, requests, failed, fallbacks, inputTokens, outputTokens, costMicroUsd, savedMicroUsd };
}

/** Days without a request stand in the report as well. */
function everyDay({ beforeMs, endMs }: ReportSpan, dateOf: (atMs: number) => string, known: readonly UsageLine[]) {
  const byDate = new Map(known.map((day) => [day.key, day]));
  const dates = new Set<string>();
  // Steps shorter than any day, so that none is leapt over where a clock is set.
  for (let atMs = beforeMs; atMs < endMs; atMs += STEP_MS) dates.add(dateOf(atMs));
  dates.add(dateOf(endMs - 1));
  return [...dates].map((date): DayFigures => {
    const { requests = 0, costMicroUsd = 0, savedMicroUsd = 0 } = byDate.get(date) ?? {};
    return { date, requests, costMicroUsd, savedMicroUsd };
  });
}

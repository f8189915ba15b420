import { Cron } from 'croner';
import { windowOf } from '#decision';
import type { ReportRule } from './report-rule.ts';

/** A span that is reported on, and the one before it, for the trend. [start, end) in ms since 1970. */
export interface ReportSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly beforeMs: number;
}

/** When a schedule asked last, at the latest now; null when it never did. Clock changes follow cron: a time that a night leaves out comes with the next hour, one that comes twice counts once. Pure. */
export function lastDue(
  { schedule, timezone }: Pick<ReportRule, 'schedule' | 'timezone'>,
  nowMs: number,
): number | null {
  const cron = new Cron(schedule, { timezone, paused: true });
  // The moment itself belongs to the past, and cron knows no milliseconds.
  return cron.previousRuns(1, new Date(nowMs + 1000))[0]?.getTime() ?? null;
}

/** When it asks next; null for never. Pure. */
export function nextDue(
  { schedule, timezone }: Pick<ReportRule, 'schedule' | 'timezone'>,
  nowMs: number,
): number | null {
  return new Cron(schedule, { timezone, paused: true }).nextRun(new Date(nowMs))?.getTime() ?? null;
}

/** The last whole day, week (from Monday) or month of the zone before an instant. Pure. */
export function spanBefore({ period, timezone }: Pick<ReportRule, 'period' | 'timezone'>, atMs: number): ReportSpan {
  const calendar = (at: number) => windowOf({ kind: 'calendar', every: period, timezone }, at);
  const { startMs: endMs } = calendar(atMs);
  const { startMs } = calendar(endMs - 1);
  return { startMs, endMs, beforeMs: calendar(startMs - 1).startMs };
}

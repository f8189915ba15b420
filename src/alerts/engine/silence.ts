import { compileGlob, fitsGlob, parseDuration } from '#core';
import { localDate, startOfDate } from '#decision';

/** Somebody asked for quiet; it ends by itself. */
export interface Silence {
  readonly id: string;
  /** A glob over names of alerts. */
  readonly alert: string;
  readonly reason: string;
  readonly by: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Planned work as the Project writes it. */
export interface Maintenance {
  readonly id: string;
  readonly alerts?: readonly string[];
  readonly from?: string;
  readonly until?: string;
  readonly weekly?: { readonly days: readonly string[]; readonly at: string; readonly for: string };
  readonly reason?: string;
}

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
const DAY_MS = 86_400_000;

/** Why nobody is told of the alert now: `silence ID` or `maintenance ID`; null when there is no reason. Pure. */
export function quietBecause(
  alert: string,
  silences: readonly Silence[],
  maintenance: readonly Maintenance[],
  timezone: string,
  nowMs: number,
): string | null {
  const silence = silences.find((each) => each.fromMs <= nowMs && nowMs < each.untilMs && fits([each.alert], alert));
  if (silence !== undefined) return `silence ${silence.id}`;
  const work = maintenance.find((each) => fits(each.alerts ?? ['*'], alert) && isUnderWay(each, timezone, nowMs));
  return work === undefined ? null : `maintenance ${work.id}`;
}

function isUnderWay({ from, until, weekly }: Maintenance, timezone: string, nowMs: number): boolean {
  if (weekly === undefined) return Date.parse(from ?? '') <= nowMs && nowMs < Date.parse(until ?? '');
  const forMs = Math.min(DAY_MS, parseDuration(weekly.for) ?? 0);
  const [hours = 0, minutes = 0] = weekly.at.split(':').map(Number);
  // One that began yesterday may still go on.
  return [nowMs - DAY_MS, nowMs].some((atMs) => {
    const date = localDate(timezone, atMs);
    const midnightMs = startOfDate(timezone, date);
    if (midnightMs === null || !weekly.days.includes(DAYS[new Date(`${date}T00:00:00Z`).getUTCDay()] ?? ''))
      return false;
    const beginMs = midnightMs + (hours * 60 + minutes) * 60_000;
    return beginMs <= nowMs && nowMs < beginMs + forMs;
  });
}

function fits(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => fitsGlob(compileGlob(glob), name));
}

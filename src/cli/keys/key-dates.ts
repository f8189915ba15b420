import { parseDuration } from '#core';
import { UsageError } from '../usage-error.ts';

const DAY_MS = 86_400_000;

/** The day as policies write it. Pure. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** When a bare date begins, in ms since 1970. Pure. */
export function startOfDay(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** The first day, beginning at 00:00 UTC, that is at least so long from now: `90d`, or a date as it stands. Throws `UsageError` for what is neither or past. */
export function endDay(option: string, text: string, nowMs: number): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const atMs = startOfDay(text);
    if (Number.isNaN(atMs) || dayOf(atMs) !== text) throw new UsageError(`${option}: there is no day ${text}`);
    if (atMs <= nowMs) throw new UsageError(`${option}: ${text} is past`);
    return text;
  }
  const ms = parseDuration(text);
  if (ms === null || ms <= 0)
    throw new UsageError(
      `${option} is a duration such as 90d, or a date such as 2027-01-01, not ${JSON.stringify(text)}`,
    );
  return dayOf(Math.ceil((nowMs + ms) / DAY_MS) * DAY_MS);
}

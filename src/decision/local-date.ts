import { instantOf, wallClock } from './zone.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The date that a calendar in the zone shows, such as `2026-11-19`. Pure. */
export function localDate(timezone: string, atMs: number): string {
  return new Date(wallClock(timezone, atMs)).toISOString().slice(0, 10);
}

/** The first instant of a date in the zone, in ms since 1970; null for a text that is no date. Pure. */
export function startOfDate(timezone: string, date: string): number | null {
  const wallMs = DATE.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(wallMs) || new Date(wallMs).toISOString().slice(0, 10) !== date) return null;
  return instantOf(timezone, wallMs);
}

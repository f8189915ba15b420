import type { Budget } from '#snapshot';
import { firstInstant, instantOf, wallClock } from './zone.ts';

/** [start, end) in ms since 1970. */
export interface Window {
  readonly startMs: number;
  readonly endMs: number;
}

type CalendarWindow = Extract<Budget['window'], { kind: 'calendar' }>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Intl costs microseconds and a window lasts an hour at least, so the window last asked for is kept per zone and period. */
const LATEST = new Map<string, Window>();

/**
 * The budget window that holds an instant. Calendar windows follow each other without gap or overlap, through every change
 * of the clock: they begin at local midnight (where a day has none, at its first instant; where it has two, at the first),
 * weeks on Monday, hours at the full local hour. A rolling window is the span that ends now. Pure.
 */
export function windowOf(window: Budget['window'], nowMs: number): Window {
  if (window.kind === 'rolling') return { startMs: nowMs - window.ms, endMs: nowMs };
  const key = `${window.every} ${window.timezone}`;
  const kept = LATEST.get(key);
  if (kept !== undefined && kept.startMs <= nowMs && nowMs < kept.endMs) return kept;
  const found = window.every === 'hour' ? hourOf(window.timezone, nowMs) : periodOf(window, nowMs);
  LATEST.set(key, found);
  return found;
}

function periodOf({ every, timezone }: CalendarWindow, nowMs: number): Window {
  let first = firstDay(every, wallClock(timezone, nowMs));
  let next = nextFirstDay(every, first);
  // A clock that is set back over midnight shows yesterday again after today has begun: then the date alone misleads.
  while (instantOf(timezone, next) <= nowMs) {
    first = next;
    next = nextFirstDay(every, first);
  }
  return { startMs: instantOf(timezone, first), endMs: instantOf(timezone, next) };
}

/** Dates are handled as UTC midnights of the local date: civil arithmetic without a clock. */
function firstDay(every: CalendarWindow['every'], wallMs: number): number {
  const midnight = Math.floor(wallMs / DAY) * DAY;
  const date = new Date(midnight);
  if (every === 'week') return midnight - ((date.getUTCDay() + 6) % 7) * DAY;
  if (every === 'month') return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  if (every === 'quarter') return Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3, 1);
  return midnight;
}

function nextFirstDay(every: CalendarWindow['every'], firstMs: number): number {
  const date = new Date(firstMs);
  const months = every === 'month' ? 1 : every === 'quarter' ? 3 : 0;
  if (months > 0) return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
  return firstMs + (every === 'week' ? 7 * DAY : DAY);
}

/** An hour that a change of the clock cuts ends or begins there; an hour that comes twice is two windows. */
function hourOf(timezone: string, nowMs: number): Window {
  const wall = wallClock(timezone, nowMs);
  const offset = wall - nowMs;
  const isOther = (atMs: number) => wallClock(timezone, atMs) - atMs !== offset;
  const start = Math.floor(wall / HOUR) * HOUR - offset;
  const end = start + HOUR;
  return {
    startMs: isOther(start) ? firstInstant(start, nowMs, (atMs) => !isOther(atMs)) : start,
    endMs: isOther(end - 1) ? firstInstant(nowMs, end, isOther) : end,
  };
}

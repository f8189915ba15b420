const DAY_MS = 86_400_000;

/** The instant a date of a policy begins, 00:00 UTC for a bare date; null when the text is none. Pure. */
export function startOfDate(text: unknown): number | null {
  if (typeof text !== 'string') return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** Whole days from a date to an instant; negative when the date is still to come. Pure. */
export function daysSince(dateMs: number, nowMs: number): number {
  return Math.floor((nowMs - dateMs) / DAY_MS);
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Milliseconds of the widest offsets in use (−12:00 and +14:00), with an hour to spare. */
const EARLIEST = 15 * 3_600_000;
const LATEST = 13 * 3_600_000;

/**
 * The wall clock of a time zone at an instant, written as if it were UTC: `Date.UTC(year, month, …)` of the local date and
 * time. Intl is used because Node 22 and 24 have no Temporal; the memo holds one formatter per zone, which costs 50 µs to
 * make. Throws RangeError for an unknown zone. Pure.
 */
export function wallClock(timezone: string, atMs: number): number {
  let format = FORMATS.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    FORMATS.set(timezone, format);
  }
  const fields: Record<string, number> = {};
  for (const part of format.formatToParts(atMs)) fields[part.type] = Number(part.value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = fields;
  // Formatting drops milliseconds; they are the same in every zone.
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((atMs % 1000) + 1000) % 1000);
}

/**
 * The first instant whose wall clock shows the given time or a later one. Where the clock jumps over it (a midnight that
 * does not exist) that is the jump; where it comes twice, the first time. Pure.
 */
export function instantOf(timezone: string, wallMs: number): number {
  const low = wallMs - EARLIEST;
  const high = wallMs + LATEST;
  const offsets = [wallClock(timezone, low) - low, wallClock(timezone, high) - high];
  const candidates = offsets.map((offset) => wallMs - offset).sort((a, b) => a - b);
  for (const candidate of candidates) if (wallClock(timezone, candidate) === wallMs) return candidate;
  return firstInstant(low, high, (atMs) => wallClock(timezone, atMs) >= wallMs);
}

/** The first millisecond in (low, high] from which the condition holds; it must not hold at `low` and hold at `high`. Pure. */
export function firstInstant(low: number, high: number, holds: (atMs: number) => boolean): number {
  let before = low;
  let after = high;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (holds(middle)) after = middle;
    else before = middle;
  }
  return after;
}

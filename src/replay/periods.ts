import { windowOf } from '#decision';
import type { Budget } from '#snapshot';

/** Numbers spans of time in which every calendar window and every price row stays the same. */
export interface Periods {
  /** The number of the span that holds an instant; the same instant always gets the same number. */
  readonly numberOf: (nowMs: number) => number;
}

interface Period {
  readonly startMs: number;
  readonly endMs: number;
  readonly number: number;
}

/** Creates the numbering of one snapshot. Spans are found as records need them and kept in order. */
export function createPeriods(windows: readonly Budget['window'][], priceChanges: readonly number[]): Periods {
  const known: Period[] = [];
  let last: Period = { startMs: 0, endMs: 0, number: -1 };

  function find(nowMs: number): Period {
    let low = 0;
    let high = known.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const period = known[middle];
      if (period !== undefined && period.endMs <= nowMs) low = middle + 1;
      else high = middle;
    }
    const at = known[low];
    if (at !== undefined && at.startMs <= nowMs) return at;
    const found = { ...spanOf(nowMs), number: known.length };
    known.splice(low, 0, found);
    return found;
  }

  function spanOf(nowMs: number): Pick<Period, 'startMs' | 'endMs'> {
    let startMs = Number.NEGATIVE_INFINITY;
    let endMs = Number.POSITIVE_INFINITY;
    for (const window of windows) {
      const span = windowOf(window, nowMs);
      startMs = Math.max(startMs, span.startMs);
      endMs = Math.min(endMs, span.endMs);
    }
    for (const changeMs of priceChanges) {
      if (changeMs <= nowMs) startMs = Math.max(startMs, changeMs);
      else endMs = Math.min(endMs, changeMs);
    }
    return { startMs, endMs };
  }

  return {
    numberOf(nowMs) {
      if (nowMs < last.startMs || nowMs >= last.endMs) last = find(nowMs);
      return last.number;
    },
  };
}

import type { CounterKey, CounterState } from '#decision';

/** What a ledger needs to know of a counter, and keeps with a hold. */
export type LedgerKey = Pick<CounterKey, 'key' | 'budget' | 'limit' | 'windowStartMs' | 'windowEndMs'>;

/** One budget counter. Amounts are in the budget's unit: micro-USD or a count. */
export interface Counter {
  readonly key: string;
  held: number;
  /** Calendar windows: all that was spent. Rolling windows: the sum of `slices`. */
  spent: number;
  /** When the window ends; a rolling window never does. */
  readonly windowEndMs: number;
  readonly rolling: { spanMs: number; readonly slices: Slice[] } | null;
  touchedMs: number;
}

/** What was spent within one part of a rolling window. */
export interface Slice {
  readonly untilMs: number;
  amount: number;
}

// A slice leaves the window only as a whole, so the counter is late by at most this share of the span and never early:
// any true window of that span stays within the limit.
export const SLICES_PER_WINDOW = 60;

/** Makes a counter with nothing on it. Pure. */
export function createCounter(key: LedgerKey, nowMs: number): Counter {
  const spanMs = spanOf(key);
  return {
    key: key.key,
    held: 0,
    spent: 0,
    windowEndMs: spanMs > 0 ? Number.POSITIVE_INFINITY : key.windowEndMs,
    rolling: spanMs > 0 ? { spanMs, slices: [] } : null,
    touchedMs: nowMs,
  };
}

/** Length of a rolling window in ms; 0 for a calendar window. Pure. */
export function spanOf(key: LedgerKey): number {
  return key.key.endsWith(':rolling') ? Math.max(1, key.windowEndMs - key.windowStartMs) : 0;
}

/**
 * Takes over the span of a rolling window as policy has it now, which may have been edited since; what the shorter one has forgotten stays so. Effects: on the
 * counter only.
 */
export function goBySpan(counter: Counter, key: LedgerKey, nowMs: number): void {
  if (counter.rolling === null) return;
  const spanMs = spanOf(key);
  if (spanMs === counter.rolling.spanMs || spanMs === 0) return;
  counter.rolling.spanMs = spanMs;
  refreshCounter(counter, nowMs);
}

/** Lets go of what has left a rolling window. Effects: on the counter only. */
export function refreshCounter(counter: Counter, nowMs: number): void {
  const { rolling } = counter;
  if (rolling === null) return;
  let gone = 0;
  while (gone < rolling.slices.length && (rolling.slices[gone]?.untilMs ?? 0) + rolling.spanMs <= nowMs) {
    counter.spent -= rolling.slices[gone]?.amount ?? 0;
    gone += 1;
  }
  if (gone > 0) rolling.slices.splice(0, gone);
}

/** Adds to what was spent. Effects: on the counter only. */
export function spend(counter: Counter, amount: number, nowMs: number): void {
  if (amount === 0) return;
  refreshCounter(counter, nowMs);
  counter.spent += amount;
  counter.touchedMs = nowMs;
  if (counter.rolling === null) return;
  const { slices } = counter.rolling;
  const untilMs = sliceEndMs(counter.rolling.spanMs, nowMs);
  const last = slices.at(-1);
  if (last !== undefined && last.untilMs >= untilMs) last.amount += amount;
  else slices.push({ untilMs, amount });
}

/**
 * Takes back a part of what was charged at that time, as far as it still counts. In a rolling window it comes out of the slice it went into: out of any other
 * it would make room that others have used up. Effects: on the counter only.
 */
export function refund(counter: Counter, amount: number, chargedAtMs: number, nowMs: number): void {
  const taken = refundable(counter, amount, chargedAtMs, nowMs);
  if (taken === 0) return;
  counter.spent -= taken;
  counter.touchedMs = nowMs;
  const slice = chargedSlice(counter, chargedAtMs);
  if (slice !== undefined) slice.amount -= taken;
}

/** How much of a charge of that time still counts. Effects: lets go of what has left a rolling window. */
export function refundable(counter: Counter, amount: number, chargedAtMs: number, nowMs: number): number {
  refreshCounter(counter, nowMs);
  if (counter.rolling === null) return Math.min(amount, counter.spent);
  return Math.min(amount, chargedSlice(counter, chargedAtMs)?.amount ?? 0);
}

function chargedSlice({ rolling }: Counter, chargedAtMs: number): Slice | undefined {
  if (rolling === null) return undefined;
  const untilMs = sliceEndMs(rolling.spanMs, chargedAtMs);
  return rolling.slices.find((slice) => slice.untilMs === untilMs);
}

function sliceEndMs(spanMs: number, atMs: number): number {
  const sliceMs = Math.max(1, Math.ceil(spanMs / SLICES_PER_WINDOW));
  return (Math.floor(atMs / sliceMs) + 1) * sliceMs;
}

/** Whether one more hold of that size fits. Pure. */
export function hasRoom(counter: Counter, amount: number, limit: number): boolean {
  return counter.spent + counter.held + amount <= limit;
}

/** The counter as decisions read it. Pure. */
export function stateOf(counter: Counter): CounterState {
  return { spent: counter.spent, held: counter.held };
}

/** Whether nothing can read the counter's content any more. Pure. */
export function isForgettable(counter: Counter, nowMs: number, graceMs: number): boolean {
  if (counter.held > 0) return false;
  if (counter.rolling !== null) return counter.spent === 0 && counter.touchedMs + counter.rolling.spanMs <= nowMs;
  return counter.windowEndMs + graceMs <= nowMs;
}

import type { CounterKey, CounterState } from '#decision';
import type { Hold, LeaseEnd, ReserveResult } from '../store.ts';
import type { Books } from './books.ts';
import { goBySpan, hasRoom, refund, refundable, stateOf } from './counter.ts';
import { type HoldPart, type HoldRecord, recordOf } from './hold-record.ts';
import { undoneEndOf } from './lease-end.ts';

/** A step's result, and the end of a lease that it has taken back. */
export interface Reserved {
  readonly result: ReserveResult;
  readonly undone: LeaseEnd | null;
}

/** Takes a hold, raises or revives one: every part or none (see `Store.reserve`). Effects: on the books only. */
export function reserveIn(books: Books, hold: Hold, nowMs: number): Reserved {
  const before = books.holdOf(hold.id);
  for (const { counter } of hold.reservations) goBySpan(books.counterOf(counter, nowMs), counter, nowMs);
  const exhausted = before?.isSettled === true ? [] : exhaustedKeys(books, hold, before, nowMs);
  if (before?.isSettled === true || exhausted.length > 0) {
    const counters = readIn(
      books,
      hold.reservations.map(({ counter }) => counter),
      nowMs,
    );
    return { result: { kind: 'refused', exhausted, counters }, undone: null };
  }
  // Every counter is there before the first one is changed: books that are full refuse the whole hold.
  const counters = hold.reservations.map(({ counter }) => books.counterOf(counter, nowMs));
  const undone = undoneEndOf(hold.id, before);
  if (before !== undefined) takeBack(books, before, nowMs);
  hold.reservations.forEach(({ amount }, at) => {
    const counter = counters[at];
    if (counter === undefined) return;
    counter.held += amount;
    books.changed(counter);
  });
  books.keepHold(hold.id, recordOf(hold, nowMs));
  return { result: { kind: 'held' }, undone };
}

/** The counters as decisions read them; one nobody touched is absent. */
export function readIn(books: Books, keys: readonly CounterKey[], nowMs: number): Record<string, CounterState> {
  const states: Record<string, CounterState> = {};
  for (const key of keys) {
    const counter = books.knownCounter(key.key, nowMs);
    if (counter === undefined) continue;
    goBySpan(counter, key, nowMs);
    states[key.key] = stateOf(counter);
  }
  return states;
}

/** A counter may stand in a hold twice; it needs room for both, less what this hold has already. */
function exhaustedKeys(books: Books, hold: Hold, before: HoldRecord | undefined, nowMs: number): readonly string[] {
  const wanted = new Map<string, number>();
  for (const { counter, amount } of hold.reservations) {
    wanted.set(counter.key, (wanted.get(counter.key) ?? 0) + amount);
  }
  for (const part of before?.parts ?? []) {
    wanted.set(part.counter.key, (wanted.get(part.counter.key) ?? 0) - hadOf(books, part, nowMs));
  }
  const exhausted = hold.reservations.flatMap(({ counter: key, enforce }) => {
    const more = wanted.get(key.key) ?? 0;
    const isHeldAlready = before !== undefined && more <= 0;
    return enforce && !isHeldAlready && !hasRoom(books.counterOf(key, nowMs), more, key.limit) ? [key.key] : [];
  });
  return [...new Set(exhausted)];
}

function hadOf(books: Books, part: HoldPart, nowMs: number): number {
  if (part.isHeld) return part.amount;
  return refundable(books.counterOf(part.counter, nowMs), part.charged, part.chargedAtMs, nowMs);
}

/** What the hold had before is replaced, a charge at the end of its lease included: its account would otherwise not know of it. */
function takeBack(books: Books, record: HoldRecord, nowMs: number): void {
  for (const part of record.parts) {
    const counter = books.counterOf(part.counter, nowMs);
    if (part.isHeld) counter.held = Math.max(0, counter.held - part.amount);
    else refund(counter, part.charged, part.chargedAtMs, nowMs);
    books.changed(counter);
  }
}

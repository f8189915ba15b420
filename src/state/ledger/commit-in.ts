import type { CommitResult, CounterChange, HoldAccount, LeaseEnd } from '../store.ts';
import type { Books } from './books.ts';
import { type LedgerKey, refund, spend } from './counter.ts';
import type { HoldPart, HoldRecord } from './hold-record.ts';
import { undoneEndOf } from './lease-end.ts';

/** A step's result, and the end of a lease that it has taken back. */
export interface Committed {
  readonly result: CommitResult;
  readonly undone: LeaseEnd | null;
}

/** Turns a hold into what was spent, once (see `Store.commit`). Effects: on the books only. */
export function commitIn(books: Books, account: HoldAccount, nowMs: number): Committed {
  const record = books.holdOf(account.id);
  if (record === undefined) return account.isUnheld === true ? chargeUnheld(books, account, nowMs) : NOTHING;
  if (record.isSettled) return NOTHING;
  const undone = undoneEndOf(account.id, record);
  books.dropHold(account.id);
  const amounts = new Map<string, number>();
  for (const { counter, amount } of account.charges) {
    amounts.set(counter.key, (amounts.get(counter.key) ?? 0) + amount);
  }
  const parts = Map.groupBy(record.parts, ({ counter }) => counter.key);
  const counters = [...parts].map(([key, own]) => settleCounter(books, own, amounts.get(key) ?? 0, nowMs));
  return { result: { applied: true, counters }, undone };
}

/** Starts the leases of an open hold anew. */
export function renewIn(books: Books, id: string, nowMs: number): boolean {
  const record = books.holdOf(id);
  if (record === undefined || !record.parts.some(({ isHeld }) => isHeld)) return false;
  for (const part of record.parts) part.untilMs = nowMs + part.leaseMs;
  books.keepHold(id, record);
  return true;
}

/** Ends the parts of a hold whose lease is over, as their budgets say; true when none is left open. */
export function expireIn(books: Books, id: string, record: HoldRecord, nowMs: number): boolean {
  for (const part of record.parts) {
    if (!part.isHeld || part.untilMs > nowMs) continue;
    release(books, part, nowMs);
    if (part.onLeaseExpiry === 'release') continue;
    part.charged = part.amount;
    part.chargedAtMs = nowMs;
    charge(books, part.counter, part.charged, nowMs);
  }
  books.keepHold(id, record);
  return !record.parts.some(({ isHeld }) => isHeld);
}

const NOTHING: Committed = Object.freeze({
  result: Object.freeze({ applied: false, counters: Object.freeze([]) }),
  undone: null,
});

/** The id is kept as settled: this account may be sent again, and a hold under way when the store was lost may still arrive. */
function chargeUnheld(books: Books, account: HoldAccount, nowMs: number): Committed {
  for (const { counter } of account.charges) books.counterOf(counter, nowMs);
  books.keepHold(account.id, { owner: '', memo: '', parts: [], isSettled: true });
  const counters = account.charges.map(({ counter, amount }) => charge(books, counter, amount, nowMs));
  return { result: { applied: true, counters }, undone: null };
}

/** What was charged at the end of a lease is not charged again, and what was too much of it is given back. */
function settleCounter(books: Books, parts: readonly HoldPart[], amount: number, nowMs: number): CounterChange {
  const { counter: key } = parts[0] as HoldPart;
  const counter = books.counterOf(key, nowMs);
  const before = counter.spent;
  let open = amount;
  for (const part of parts) {
    release(books, part, nowMs);
    open -= part.charged;
  }
  for (const { charged, chargedAtMs } of parts) {
    if (open >= 0) break;
    const tooMuch = Math.min(charged, -open);
    refund(counter, tooMuch, chargedAtMs, nowMs);
    open += tooMuch;
  }
  spend(counter, Math.max(0, open), nowMs);
  books.changed(counter);
  return { key: key.key, budget: key.budget, limit: key.limit, before, after: counter.spent };
}

function release(books: Books, part: HoldPart, nowMs: number): void {
  if (!part.isHeld) return;
  part.isHeld = false;
  const counter = books.counterOf(part.counter, nowMs);
  counter.held = Math.max(0, counter.held - part.amount);
  counter.touchedMs = nowMs;
  books.changed(counter);
}

function charge(books: Books, key: LedgerKey, amount: number, nowMs: number): CounterChange {
  const counter = books.counterOf(key, nowMs);
  const before = counter.spent;
  spend(counter, amount, nowMs);
  books.changed(counter);
  return { key: key.key, budget: key.budget, limit: key.limit, before, after: counter.spent };
}

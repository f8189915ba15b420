import { GatewayError } from '#core';
import type { CounterKey, CounterState, Reservation } from '#decision';
import type { CommitResult, CounterChange, Hold, HoldAccount, ReserveResult, SweepResult } from '../store.ts';
import { type Counter, createCounter, hasRoom, isForgettable, refreshCounter, spend, stateOf } from './counter.ts';

/** Counters and holds in memory. Every function is one synchronous step, hence atomic. */
export interface Ledger {
  readonly read: (keys: readonly CounterKey[], nowMs: number) => Record<string, CounterState>;
  readonly reserve: (hold: Hold, nowMs: number) => ReserveResult;
  readonly commit: (account: HoldAccount, nowMs: number) => CommitResult;
  readonly renew: (holdId: string, nowMs: number) => boolean;
  readonly sweep: (nowMs: number) => SweepResult;
  readonly size: () => LedgerSize;
}

/** `expired` are holds whose lease is over and whose account may still come. */
export interface LedgerSize {
  readonly counters: number;
  readonly holds: number;
  readonly expired: number;
}

export interface LedgerLimits {
  /** Beyond it a new counter is refused (`store_unavailable`): forgetting a live one would forget money spent. */
  readonly maxCounters: number;
  /** How many expired holds are remembered, so that a late account still puts them right. */
  readonly maxExpired: number;
  /** How long a finished calendar window can still be charged. */
  readonly graceMs: number;
}

interface HoldRecord {
  readonly owner: string;
  readonly parts: HoldPart[];
}

interface HoldPart {
  readonly reservation: Reservation;
  untilMs: number;
  isHeld: boolean;
  /** What was charged when its lease ended. */
  charged: number;
}

/** Creates an empty ledger. */
export function createLedger(limits: LedgerLimits): Ledger {
  const counters = new Map<string, Counter>();
  const holds = new Map<string, HoldRecord>();
  const expired = new Map<string, HoldRecord>();

  function counterOf(key: CounterKey, nowMs: number): Counter {
    const known = counters.get(key.key);
    if (known !== undefined) {
      refreshCounter(known, nowMs);
      return known;
    }
    if (counters.size >= limits.maxCounters) forget(nowMs);
    if (counters.size >= limits.maxCounters) {
      throw new GatewayError('store_unavailable', `The memory store is full: ${limits.maxCounters} budget counters.`, {
        hint: 'Split budgets by fewer values (`per`), or keep the counters in Redis.',
      });
    }
    const counter = createCounter(key, nowMs);
    counters.set(key.key, counter);
    return counter;
  }

  function forget(nowMs: number): void {
    for (const [key, counter] of counters) {
      refreshCounter(counter, nowMs);
      if (isForgettable(counter, nowMs, limits.graceMs)) counters.delete(key);
    }
  }

  function read(keys: readonly CounterKey[], nowMs: number): Record<string, CounterState> {
    const states: Record<string, CounterState> = {};
    for (const { key } of keys) {
      const counter = counters.get(key);
      if (counter === undefined) continue;
      refreshCounter(counter, nowMs);
      states[key] = stateOf(counter);
    }
    return states;
  }

  function reserve(hold: Hold, nowMs: number): ReserveResult {
    const { reservations } = hold;
    const before = holds.get(hold.id);
    // A counter may stand in a hold twice; it needs room for both, less what this hold has already.
    const wanted = new Map<string, number>();
    for (const { counter, amount } of reservations) wanted.set(counter.key, (wanted.get(counter.key) ?? 0) + amount);
    for (const part of before?.parts ?? []) {
      const { counter, amount } = part.reservation;
      if (part.isHeld) wanted.set(counter.key, (wanted.get(counter.key) ?? 0) - amount);
    }
    const exhausted = reservations.flatMap(({ counter: key, enforce }) => {
      const more = wanted.get(key.key) ?? 0;
      const isHeldAlready = before !== undefined && more <= 0;
      return enforce && !isHeldAlready && !hasRoom(counterOf(key, nowMs), more, key.limit) ? [key.key] : [];
    });
    if (exhausted.length > 0) {
      const keys = reservations.map(({ counter }) => counter);
      return { kind: 'refused', exhausted: [...new Set(exhausted)], counters: read(keys, nowMs) };
    }
    // Every counter is there before the first one is changed: a full store refuses the whole hold.
    const parts = reservations.map((reservation) => ({ reservation, counter: counterOf(reservation.counter, nowMs) }));
    for (const part of before?.parts ?? []) release(part, nowMs);
    for (const { reservation, counter } of parts) counter.held += reservation.amount;
    holds.set(hold.id, { owner: hold.owner, parts: parts.map(({ reservation }) => heldPart(reservation, nowMs)) });
    return { kind: 'held' };
  }

  function commit(account: HoldAccount, nowMs: number): CommitResult {
    const record = holds.get(account.id) ?? expired.get(account.id);
    if (record === undefined) return { applied: false, counters: [] };
    holds.delete(account.id);
    expired.delete(account.id);
    // Before the first charge, so that what was charged at the end of a lease is not charged again.
    const open = new Map<string, number>();
    for (const part of record.parts) open.set(part.reservation.counter.key, 0);
    for (const { counter, amount } of account.charges) open.set(counter.key, (open.get(counter.key) ?? 0) + amount);
    for (const part of record.parts) {
      const { key } = part.reservation.counter;
      open.set(key, (open.get(key) ?? 0) - part.charged);
      release(part, nowMs);
    }
    const changes: CounterChange[] = [];
    const keys = new Map(record.parts.map(({ reservation }) => [reservation.counter.key, reservation.counter]));
    for (const key of keys.values()) changes.push(charge(key, open.get(key.key) ?? 0, nowMs));
    return { applied: true, counters: changes };
  }

  function release(part: HoldPart, nowMs: number): void {
    if (!part.isHeld) return;
    part.isHeld = false;
    const counter = counterOf(part.reservation.counter, nowMs);
    counter.held = Math.max(0, counter.held - part.reservation.amount);
    counter.touchedMs = nowMs;
  }

  function charge(key: CounterKey, amount: number, nowMs: number): CounterChange {
    const counter = counterOf(key, nowMs);
    const before = counter.spent;
    spend(counter, amount, nowMs);
    return { key: key.key, budget: key.budget, limit: key.limit, before, after: counter.spent };
  }

  function renew(holdId: string, nowMs: number): boolean {
    const record = holds.get(holdId);
    if (record === undefined) return false;
    for (const part of record.parts) part.untilMs = nowMs + part.reservation.leaseMs;
    return true;
  }

  function sweep(nowMs: number): SweepResult {
    const ended: { id: string; owner: string }[] = [];
    for (const [id, record] of holds) {
      for (const part of record.parts) if (part.isHeld && part.untilMs <= nowMs) expire(part, nowMs);
      if (record.parts.some((part) => part.isHeld)) continue;
      holds.delete(id);
      expired.set(id, record);
      ended.push({ id, owner: record.owner });
    }
    for (const id of expired.keys()) {
      if (expired.size <= limits.maxExpired) break;
      expired.delete(id);
    }
    forget(nowMs);
    return { expired: ended };
  }

  function expire(part: HoldPart, nowMs: number): void {
    release(part, nowMs);
    if (part.reservation.onLeaseExpiry === 'release') return;
    part.charged = part.reservation.amount;
    charge(part.reservation.counter, part.charged, nowMs);
  }

  return {
    read,
    reserve,
    commit,
    renew,
    sweep,
    size: () => ({ counters: counters.size, holds: holds.size, expired: expired.size }),
  };
}

function heldPart(reservation: Reservation, nowMs: number): HoldPart {
  return { reservation, untilMs: nowMs + reservation.leaseMs, isHeld: true, charged: 0 };
}

import { GatewayError } from '#core';
import type { CounterKey, CounterState } from '#decision';
import type { Books } from '../ledger/books.ts';
import { type Committed, commitIn, expireIn, renewIn } from '../ledger/commit-in.ts';
import { type Counter, createCounter, isForgettable, type LedgerKey, refreshCounter } from '../ledger/counter.ts';
import { type HoldRecord, isOpen } from '../ledger/hold-record.ts';
import { leaseEndOf } from '../ledger/lease-end.ts';
import { type Reserved, readIn, reserveIn } from '../ledger/reserve-in.ts';
import type { Hold, HoldAccount, LeaseEnd, SweepResult } from '../store.ts';

/** Counters and holds in memory. Every function is one synchronous step, hence atomic. */
export interface Ledger {
  readonly read: (keys: readonly CounterKey[], nowMs: number) => Record<string, CounterState>;
  readonly reserve: (hold: Hold, nowMs: number) => Reserved;
  readonly commit: (account: HoldAccount, nowMs: number) => Committed;
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

/** Creates an empty ledger. */
export function createLedger(limits: LedgerLimits): Ledger {
  const counters = new Map<string, Counter>();
  const holds = new Map<string, HoldRecord>();
  const expired = new Map<string, HoldRecord>();

  const books: Books = {
    counterOf(key, nowMs) {
      return books.knownCounter(key.key, nowMs) ?? addCounter(key, nowMs);
    },
    knownCounter(key, nowMs) {
      const known = counters.get(key);
      if (known !== undefined) refreshCounter(known, nowMs);
      return known;
    },
    changed: () => undefined,
    holdOf: (id) => holds.get(id) ?? expired.get(id),
    keepHold(id, record) {
      books.dropHold(id);
      (isOpen(record) ? holds : expired).set(id, record);
    },
    dropHold(id) {
      holds.delete(id);
      expired.delete(id);
    },
  };

  function addCounter(key: LedgerKey, nowMs: number): Counter {
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

  function sweep(nowMs: number): SweepResult {
    const ended: LeaseEnd[] = [];
    for (const [id, record] of [...holds]) {
      if (!record.parts.some(({ isHeld, untilMs }) => isHeld && untilMs <= nowMs)) continue;
      if (expireIn(books, id, record, nowMs)) ended.push(leaseEndOf(books, id, record, nowMs));
    }
    for (const id of expired.keys()) {
      if (expired.size <= limits.maxExpired) break;
      expired.delete(id);
    }
    forget(nowMs);
    return { expired: ended };
  }

  return {
    read: (keys, nowMs) => readIn(books, keys, nowMs),
    reserve: (hold, nowMs) => reserveIn(books, hold, nowMs),
    commit: (account, nowMs) => commitIn(books, account, nowMs),
    renew: (holdId, nowMs) => renewIn(books, holdId, nowMs),
    sweep,
    size: () => ({ counters: counters.size, holds: holds.size, expired: expired.size }),
  };
}

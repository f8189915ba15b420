import type { Clock } from '#core';
import type { BreakerRules, LeaseEnd, Store, StoreEvent } from '../store.ts';
import { createClaims } from './claims.ts';
import { createLedger, type LedgerSize } from './ledger.ts';
import { createTargetHints } from './target-hints.ts';

/** The store of a single process: exact, quick, and gone with the process. */
export interface MemoryStore extends Store {
  /** How much it holds, to watch that it stays bounded. */
  readonly size: () => LedgerSize & { readonly targets: number };
}

/** What a memory store is made of, and how large it may grow. */
export interface MemoryStoreOptions<State> {
  /** Online the system's clock; in a replay the recorded one. */
  readonly clock: Clock;
  readonly breaker: BreakerRules<State>;
  readonly maxCounters?: number;
  readonly maxExpiredHolds?: number;
  readonly maxTargets?: number;
  readonly maxClaims?: number;
  readonly onEvent?: (event: StoreEvent) => void;
}

/** Creates an empty memory store. It has no timers: whoever owns it calls `sweep` now and then. Effects: reads the clock. */
export function createMemoryStore<State>(options: MemoryStoreOptions<State>): MemoryStore {
  const { clock } = options;
  const ledger = createLedger({
    maxCounters: options.maxCounters ?? 1_000_000,
    maxExpired: options.maxExpiredHolds ?? 10_000,
    graceMs: 3_600_000,
  });
  const hints = createTargetHints(options.breaker, options.maxTargets ?? 10_000);
  const claims = createClaims(options.maxClaims ?? 100_000);

  function told<T>({ result, undone }: { readonly result: T; readonly undone: LeaseEnd | null }): T {
    if (undone !== null) options.onEvent?.({ kind: 'lease-undone', end: undone });
    return result;
  }

  return {
    async readFacts({ counters, targets }) {
      const nowMs = clock.nowMs();
      return { counters: ledger.read(counters, nowMs), ...hints.read(targets, nowMs) };
    },
    reserve: async (hold) => told(ledger.reserve(hold, clock.nowMs())),
    commit: async (account) => told(ledger.commit(account, clock.nowMs())),
    renew: async (holdId) => ledger.renew(holdId, clock.nowMs()),
    sweep: async () => ledger.sweep(clock.nowMs()),
    // With the process all of it is gone.
    unaccounted: async () => [],
    accounted: async () => undefined,
    claim: async (name, forMs) => claims.take(name, forMs, clock.nowMs()),
    claimedAt: async (names) => claims.takenAt(names, clock.nowMs()),
    attemptStarted: (target, breaker) => hints.started(target, breaker, clock.nowMs()),
    attemptEnded: (report) => hints.ended(report, clock.nowMs()),
    openBreakers: async () => hints.openBreakers(clock.nowMs()),
    close: async () => undefined,
    size: () => ({ ...ledger.size(), targets: hints.size() }),
  };
}

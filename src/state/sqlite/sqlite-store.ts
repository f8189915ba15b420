import type { Clock } from '#core';
import { claimsWithFallback } from '../claims-with-fallback.ts';
import { type Committed, commitIn, expireIn, renewIn } from '../ledger/commit-in.ts';
import { createLastKnown } from '../ledger/last-known.ts';
import { leaseEndOf } from '../ledger/lease-end.ts';
import { readIn, reserveIn } from '../ledger/reserve-in.ts';
import { createTargetHints } from '../memory/target-hints.ts';
import type {
  BreakerRules,
  FactsQuery,
  HoldAccount,
  LeaseEnd,
  Store,
  StoreEvent,
  StoreFacts,
  SweepResult,
} from '../store.ts';
import type { StoreUnavailableError } from '../store-errors.ts';
import { createGroupCommit } from './group-commit.ts';
import { createJournal } from './journal.ts';
import { type Durability, ledgerFile, openLedgerFile } from './open-ledger-file.ts';
import { createSqliteBooks } from './sqlite-books.ts';
import { createSqliteClaims } from './sqlite-claims.ts';
import { createSqliteOutbox } from './sqlite-outbox.ts';
import { isBusy, unavailableError } from './sqlite-problem.ts';

/** What an embedded durable store is made of. */
export interface SqliteStoreOptions<State> {
  /** Folder of `ledger.db`; made when it is not there. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly breaker: BreakerRules<State>;
  /** `process` by default: an acknowledged step survives kill -9; with `power` a power cut too. */
  readonly durability?: Durability;
  /** How long a step waits while other processes write, in ms; 2000 by default. */
  readonly busyMs?: number;
  /** After how many groups of steps the tables are brought up to date; 1000 by default. */
  readonly foldAfter?: number;
  readonly maxTargets?: number;
  readonly onEvent?: (event: StoreEvent) => void;
}

/** What another process has just written may be missing from facts: a hold is checked again when it is taken. */
const FACTS_AGE_MS = 1;
const EXPIRED_PER_STEP = 500;
const TOLD_AGAIN = 5000;
const PRUNED_PER_SWEEP = 5000;
const MAX_KNOWN_COUNTERS = 10_000;

/**
 * Opens the embedded store: counters and holds in memory, journalled in `ledger.db` (SQLite, write-ahead log). Any number of processes on one machine may share
 * the file; each group of steps is one transaction that begins by looking whether another process has written. Hints on targets stay in the process.
 * Throws StoreOpenError, naming the file. Effects: files in the folder; timers only while steps wait.
 */
export function createSqliteStore<State>(options: SqliteStoreOptions<State>): Store {
  const file = ledgerFile(options.dataDir);
  const nowMs = () => options.clock.nowMs();
  const database = openLedgerFile(file, options.durability ?? 'process');
  const books = createSqliteBooks(database);
  const outbox = createSqliteOutbox(database);
  const claims = createSqliteClaims(database);
  const journal = createJournal(database, [books, outbox], options.foldAfter);
  const hints = createTargetHints(options.breaker, options.maxTargets ?? 10_000);
  const busyMs = options.busyMs ?? 2000;
  const group = createGroupCommit({
    database,
    journal,
    nowMs,
    busyMs,
    problem: lost,
    onWritten: found,
  });
  const lastKnown = createLastKnown(MAX_KNOWN_COUNTERS);
  const totalChanges = database.prepare('SELECT total_changes() AS count');
  let isLost = false;
  let changesWhenLost = 0;

  function lost(error: unknown): StoreUnavailableError {
    const told = unavailableError(file, error);
    if (!isLost) options.onEvent?.({ kind: 'lost', detail: told.detail });
    isLost = true;
    changesWhenLost = database.isOpen ? changes() : 0;
    return told;
  }

  function changes(): number {
    return Number(totalChanges.get()?.count);
  }

  function found(): void {
    // On a full disk a step that changes nothing still goes well.
    if (!isLost || changes() === changesWhenLost) return;
    isLost = false;
    const detail = `The ledger ${file} is written again.`;
    options.onEvent?.({ kind: 'found', detail, lateAccounts: 0, droppedAccounts: 0 });
  }

  async function readFacts(query: FactsQuery): Promise<StoreFacts> {
    const deadline = performance.now() + busyMs;
    for (;;) {
      try {
        const atMs = nowMs();
        journal.lookAround(FACTS_AGE_MS);
        const counters = readIn(books, query.counters, atMs);
        lastKnown.learn(counters);
        return { counters, ...hints.read(query.targets, atMs) };
      } catch (error) {
        // Readers are never locked out but while the file is recovered after a crash.
        if (!isBusy(error) || performance.now() > deadline) {
          const counters = lastKnown.of(query.counters);
          throw lost(error).withLastKnown({ counters, ...hints.read(query.targets, nowMs()) });
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
  }

  function told<T>({ result, undone }: { readonly result: T; readonly undone: LeaseEnd | null }): T {
    if (undone !== null) options.onEvent?.({ kind: 'lease-undone', end: undone });
    return result;
  }

  /** The end of a lease that a step takes back is told of as soon as it is written, and kept until it is accounted. */
  function withUndone<T extends { readonly undone: LeaseEnd | null }>(taken: T, atMs: number): T {
    if (taken.undone !== null) outbox.putLease('undone', taken.undone, atMs);
    return taken;
  }

  function commitAt(account: HoldAccount, atMs: number): Committed {
    const committed = withUndone(commitIn(books, account, atMs), atMs);
    if (committed.result.applied && account.note !== undefined) outbox.putNote(account.id, account.note, atMs);
    return committed;
  }

  /** Several small transactions rather than a long one, so that nobody waits for the lock. */
  async function sweep(): Promise<SweepResult> {
    const expired: SweepResult['expired'][number][] = [];
    for (;;) {
      const { due, ended } = await group.run(expireDue);
      expired.push(...ended);
      if (due < EXPIRED_PER_STEP) break;
    }
    await group.run((atMs) => {
      journal.fold(atMs);
      if (books.prune(atMs, PRUNED_PER_SWEEP)) journal.dropCopies();
      claims.prune(atMs, PRUNED_PER_SWEEP);
    });
    return { expired };
  }

  function expireDue(atMs: number): { readonly due: number; readonly ended: SweepResult['expired'] } {
    journal.fold(atMs);
    const ids = books.dueHolds(atMs, EXPIRED_PER_STEP);
    const ended = ids.flatMap((id) => {
      const record = books.holdOf(id);
      return record !== undefined && expireIn(books, id, record, atMs) ? [leaseEndOf(books, id, record, atMs)] : [];
    });
    for (const end of ended) outbox.putLease('ended', end, atMs);
    return { due: ids.length, ended };
  }

  return {
    readFacts,
    reserve: async (hold) => told(await group.run((atMs) => withUndone(reserveIn(books, hold, atMs), atMs))),
    commit: async (account) => told(await group.run((atMs) => commitAt(account, atMs))),
    renew: (holdId) => group.run((atMs) => renewIn(books, holdId, atMs)),
    sweep,
    unaccounted: (waitedMs) =>
      group.run((atMs) => {
        journal.fold(atMs);
        return outbox.waiting(atMs - waitedMs, TOLD_AGAIN);
      }),
    accounted: (keys) => group.run(() => outbox.remove(keys)),
    ...claimsWithFallback(
      {
        claim: (name, forMs) => group.run((atMs) => claims.claim(name, forMs, atMs)),
        claimedAt: (names) => group.run((atMs) => claims.claimedAt(names, atMs)),
      },
      nowMs,
    ),
    attemptStarted: (target, breaker) => hints.started(target, breaker, nowMs()),
    attemptEnded: (report) => hints.ended(report, nowMs()),
    openBreakers: async () => hints.openBreakers(nowMs()),
    async close() {
      // Nothing hangs on it, but whoever looks at the tables afterwards finds all in them.
      await group.run((atMs) => journal.fold(atMs)).catch(() => undefined);
      await group.close();
      if (database.isOpen) database.close();
    },
  };
}

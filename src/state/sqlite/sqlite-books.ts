import type { DatabaseSync } from 'node:sqlite';
import type { Books } from '../ledger/books.ts';
import { type Counter, createCounter, refreshCounter } from '../ledger/counter.ts';
import { type HoldRecord, isOpen } from '../ledger/hold-record.ts';
import { type CounterRow, counterColumns, counterFrom, GRACE_MS, packHold, unpackHold } from './row-codec.ts';

/** Books in a database, with a copy in memory of what was used lately. */
export interface SqliteBooks extends Books {
  /** Drops the copy when another process has written since; to be called before each use. With an age in ms, not when it was called so lately: for whoever only reads. */
  readonly lookAround: (maxAgeMs?: number) => void;
  /** Writes what has changed; inside a transaction. */
  readonly write: (nowMs: number) => void;
  /** Drops the copy, and with it what was not written. */
  readonly forgetCopy: () => void;
  /** Ids of open holds with a part whose lease is over, at most so many. */
  readonly dueHolds: (nowMs: number, limit: number) => readonly string[];
  /** Takes a name for so long; inside a transaction. */
  readonly claim: (name: string, forMs: number, nowMs: number) => boolean;
  readonly claimedAt: (names: readonly string[], nowMs: number) => Readonly<Record<string, number>>;
  /** Deletes what no window needs any more, at most so many rows of each table; inside a transaction. */
  readonly prune: (nowMs: number, limit: number) => void;
}

// A copy of a counter takes some 300 bytes.
const MAX_COPIED = 50_000;

/** Reads and writes the tables of an open ledger. Effects: on the database. */
export function createSqliteBooks(database: DatabaseSync): SqliteBooks {
  const statements = prepareStatements(database);
  const counters = new Map<string, Counter>();
  /** Of counters that have a row: what it says of the time in its index, and of the span. */
  const rows = new Map<Counter, { readonly forgetAtMs: number; readonly spanMs: number | null }>();
  const holds = new Map<string, HoldRecord>();
  const changedCounters = new Set<Counter>();
  /** Null where the hold was dropped. */
  const changedHolds = new Map<string, HoldRecord | null>();
  /** Ids of copied holds that stand among those that have ended. */
  const endedHolds = new Set<string>();
  let seenVersion = -1;
  let lookedMs = Number.NEGATIVE_INFINITY;

  function forgetCopy(): void {
    counters.clear();
    rows.clear();
    holds.clear();
    endedHolds.clear();
    changedCounters.clear();
    changedHolds.clear();
  }

  const books: SqliteBooks = {
    lookAround(maxAgeMs = 0) {
      const nowMs = performance.now();
      if (nowMs - lookedMs < maxAgeMs) return;
      lookedMs = nowMs;
      const version = Number(statements.version.get()?.data_version);
      if (version === seenVersion) return;
      forgetCopy();
      seenVersion = version;
    },
    counterOf(key, nowMs) {
      const known = books.knownCounter(key.key, nowMs);
      if (known !== undefined) return known;
      const counter = createCounter(key, nowMs);
      counters.set(key.key, counter);
      return counter;
    },
    knownCounter(key, nowMs) {
      let counter = counters.get(key);
      if (counter === undefined) {
        const row = statements.counter.get(key);
        if (row === undefined) return undefined;
        counter = counterFrom(row as unknown as CounterRow);
        counters.set(key, counter);
        rows.set(counter, { forgetAtMs: Number(row.forget_at_ms), spanMs: counter.rolling?.spanMs ?? null });
      }
      refreshCounter(counter, nowMs);
      return counter;
    },
    changed: (counter) => changedCounters.add(counter),
    holdOf(id) {
      const known = holds.get(id);
      if (known !== undefined) return known;
      if (changedHolds.get(id) === null) return undefined;
      const row = statements.hold.get(id, id);
      if (row === undefined) return undefined;
      const record = unpackHold(String(row.record));
      holds.set(id, record);
      if (row.has_ended === 1) endedHolds.add(id);
      return record;
    },
    keepHold(id, record) {
      holds.set(id, record);
      changedHolds.set(id, record);
    },
    dropHold(id) {
      holds.delete(id);
      changedHolds.set(id, null);
    },
    write(nowMs) {
      for (const counter of changedCounters) writeCounter(counter);
      for (const [id, record] of changedHolds) writeHold(id, record, nowMs);
      changedCounters.clear();
      changedHolds.clear();
      if (counters.size > MAX_COPIED || holds.size > MAX_COPIED) forgetCopy();
    },
    forgetCopy,
    dueHolds: (nowMs, limit) => statements.due.all(nowMs, limit).map(({ id }) => String(id)),
    claim: (name, forMs, nowMs) => Number(statements.claim.run(name, nowMs, nowMs + forMs, nowMs).changes) > 0,
    claimedAt: (names, nowMs) =>
      Object.fromEntries(
        names.flatMap((name) => {
          const row = statements.claimed.get(name, nowMs);
          return row === undefined ? [] : [[name, Number(row.at_ms)] as const];
        }),
      ),
    prune(nowMs, limit) {
      const { changes } = statements.pruneCounters.run(nowMs, limit);
      statements.pruneEnded.run(nowMs, limit);
      statements.pruneClaims.run(nowMs, limit);
      if (Number(changes) > 0) forgetCopy();
    },
  };

  function writeCounter(counter: Counter): void {
    const [key, spent, held, touchedMs, endMs, spanMs, slices, forgetAtMs] = counterColumns(counter);
    const row = rows.get(counter);
    if (row?.forgetAtMs === forgetAtMs && row.spanMs === spanMs) {
      // An index that is not named is not touched.
      statements.setCounter.run(spent, held, touchedMs, slices, key);
      return;
    }
    statements.putCounter.run(key, spent, held, touchedMs, endMs, spanMs, slices, forgetAtMs);
    rows.set(counter, { forgetAtMs, spanMs });
  }

  /** A hold lives in one of the two tables: those that are open stay few, so that the due ones are found by a look at all. */
  function writeHold(id: string, record: HoldRecord | null, nowMs: number): void {
    if (record !== null && isOpen(record)) {
      const untilMs = Math.min(...record.parts.filter(({ isHeld }) => isHeld).map((part) => part.untilMs));
      statements.putHold.run(id, untilMs, packHold(record));
      if (endedHolds.delete(id)) statements.dropEnded.run(id);
      return;
    }
    statements.dropHold.run(id);
    if (record !== null) statements.putEnded.run(id, nowMs + GRACE_MS, packHold(record));
    else if (endedHolds.has(id)) statements.dropEnded.run(id);
    if (record === null) endedHolds.delete(id);
    else endedHolds.add(id);
  }

  return books;
}

function prepareStatements(database: DatabaseSync) {
  return {
    version: database.prepare('PRAGMA data_version'),
    counter: database.prepare('SELECT * FROM counters WHERE key = ?'),
    hold: database.prepare(
      `SELECT record, 0 AS has_ended FROM holds WHERE id = ? UNION ALL SELECT record, 1 FROM ended WHERE id = ? LIMIT 1`,
    ),
    due: database.prepare('SELECT id FROM holds WHERE until_ms <= ? LIMIT ?'),
    putCounter: database.prepare(
      `INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET spent = excluded.spent,
       held = excluded.held, touched_ms = excluded.touched_ms, span_ms = excluded.span_ms, slices = excluded.slices, forget_at_ms = excluded.forget_at_ms`,
    ),
    setCounter: database.prepare('UPDATE counters SET spent = ?, held = ?, touched_ms = ?, slices = ? WHERE key = ?'),
    putHold: database.prepare('INSERT OR REPLACE INTO holds VALUES (?, ?, ?)'),
    dropHold: database.prepare('DELETE FROM holds WHERE id = ?'),
    putEnded: database.prepare('INSERT OR REPLACE INTO ended VALUES (?, ?, ?)'),
    dropEnded: database.prepare('DELETE FROM ended WHERE id = ?'),
    pruneCounters: database.prepare(
      `DELETE FROM counters WHERE key IN (SELECT key FROM counters WHERE forget_at_ms <= ? AND held = 0 LIMIT ?)`,
    ),
    claim: database.prepare(
      `INSERT INTO claims VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET at_ms = excluded.at_ms, until_ms = excluded.until_ms
       WHERE until_ms <= ?`,
    ),
    claimed: database.prepare('SELECT at_ms FROM claims WHERE name = ? AND until_ms > ?'),
    pruneClaims: database.prepare(
      `DELETE FROM claims WHERE name IN (SELECT name FROM claims WHERE until_ms <= ? LIMIT ?)`,
    ),
    pruneEnded: database.prepare(
      `DELETE FROM ended WHERE id IN (SELECT id FROM ended WHERE forget_at_ms <= ? LIMIT ?)`,
    ),
  };
}

import type { DatabaseSync } from 'node:sqlite';
import type { Books } from '../ledger/books.ts';
import { type Counter, createCounter, refreshCounter } from '../ledger/counter.ts';
import { type HoldRecord, isOpen } from '../ledger/hold-record.ts';
import type { Journalled } from './journal.ts';
import { createNames } from './names.ts';
import {
  type CounterName,
  forgetAtMs,
  GRACE_MS,
  type KeyName,
  nameCounter,
  type PackedCounter,
  type PackedHold,
  packCounter,
  packHold,
  unpackCounter,
  unpackHold,
} from './row-codec.ts';

/** Books in a database: in memory what was used lately and whatever the tables do not say yet. */
export interface SqliteBooks extends Books, Journalled {
  /** Ids of open holds with a part whose lease is over, at most so many; after a fold. */
  readonly dueHolds: (nowMs: number, limit: number) => readonly string[];
  /** Deletes what no window needs any more, at most so many rows of each table; after a fold. Whether anything was. */
  readonly prune: (nowMs: number, limit: number) => boolean;
}

/** Counters and holds that have changed, 0 for a hold that was dropped, and names that they are the first to use. */
type Changes = readonly [
  counterNames: readonly CounterName[],
  keyNames: readonly KeyName[],
  counters: readonly PackedCounter[],
  holds: readonly (readonly [string, PackedHold<number> | 0])[],
];

// A copy of a counter takes some 300 bytes.
const MAX_COPIED = 50_000;

/** Reads and writes the tables of an open ledger. Effects: on the database. */
export function createSqliteBooks(database: DatabaseSync): SqliteBooks {
  const statements = prepareStatements(database);
  const counters = new Map<string, Counter>();
  const holds = new Map<string, HoldRecord>();
  const counterNames = createNames<CounterName>();
  const keyNames = createNames<KeyName>();
  /** Not journalled yet. */
  const changedCounters = new Set<Counter>();
  const changedHolds = new Set<string>();
  /** Journalled, and not in the tables yet. */
  const newCounters = new Set<string>();
  const newHolds = new Set<string>();
  /** Ids that have no row: most holds come and go between two folds, and need none. */
  const rowless = new Set<string>();

  function forget(): void {
    for (const each of [counters, holds, changedCounters, changedHolds, newCounters, newHolds, rowless]) each.clear();
    counterNames.clear();
    keyNames.clear();
  }

  const books: SqliteBooks = {
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
        counter = counterOfRow(row);
        counters.set(key, counter);
      }
      refreshCounter(counter, nowMs);
      return counter;
    },
    changed: (counter) => changedCounters.add(counter),
    holdOf(id) {
      const known = holds.get(id);
      if (known !== undefined || newHolds.has(id) || changedHolds.has(id) || rowless.has(id)) return known;
      const row = statements.hold.get(id);
      if (row === undefined) {
        if (rowless.size >= MAX_COPIED) rowless.clear();
        rowless.add(id);
        return undefined;
      }
      const record = unpackHold(JSON.parse(String(row.record)) as PackedHold<KeyName>, 0, (name) => name);
      holds.set(id, record);
      return record;
    },
    keepHold(id, record) {
      holds.set(id, record);
      changedHolds.add(id);
    },
    dropHold(id) {
      holds.delete(id);
      changedHolds.add(id);
    },
    take(nowMs) {
      if (changedCounters.size + changedHolds.size === 0) return null;
      const packed: PackedCounter[] = [];
      for (const each of changedCounters)
        packed.push(packCounter(each, counterNames.numberOf(nameCounter(each)), nowMs));
      const packedHolds: [string, PackedHold<number> | 0][] = [];
      for (const id of changedHolds) packedHolds.push([id, packedHold(id, nowMs)]);
      journalled();
      return [counterNames.take(), keyNames.take(), packed, packedHolds] satisfies Changes;
    },
    apply(changes, atMs) {
      const [newCounterNames, newKeyNames, packedCounters, packedHolds] = changes as Changes;
      counterNames.learn(newCounterNames);
      keyNames.learn(newKeyNames);
      for (const packed of packedCounters) {
        const counter = unpackCounter(counterNames.entryOf(packed[0]), packed, atMs);
        counters.set(counter.key, counter);
        changedCounters.add(counter);
      }
      for (const [id, packed] of packedHolds) {
        if (packed === 0) books.dropHold(id);
        else books.keepHold(id, unpackHold(packed, atMs, keyNames.entryOf));
      }
      journalled();
    },
    fold(nowMs) {
      for (const key of newCounters) {
        const counter = counters.get(key);
        if (counter !== undefined) writeCounter(counter);
      }
      for (const id of newHolds) writeHold(id, nowMs);
      newCounters.clear();
      newHolds.clear();
      rowless.clear();
      counterNames.clear();
      keyNames.clear();
    },
    forget,
    isLarge: () => counters.size > MAX_COPIED || holds.size > MAX_COPIED,
    dueHolds: (nowMs, limit) => statements.due.all(nowMs, limit).map(({ id }) => String(id)),
    prune(nowMs, limit) {
      const { changes } = statements.pruneCounters.run(nowMs, limit);
      return Number(changes) + Number(statements.pruneHolds.run(nowMs, limit).changes) > 0;
    },
  };

  function packedHold(id: string, nowMs: number): PackedHold<number> | 0 {
    const record = holds.get(id);
    return record === undefined ? 0 : packHold(record, nowMs, keyNames.numberOf);
  }

  /** What has changed is in the journal from now on. */
  function journalled(): void {
    for (const { key } of changedCounters) newCounters.add(key);
    for (const id of changedHolds) {
      if (rowless.has(id) && !holds.has(id)) newHolds.delete(id);
      else newHolds.add(id);
    }
    changedCounters.clear();
    changedHolds.clear();
  }

  function writeCounter(counter: Counter): void {
    const [key, windowEndMs, spanMs] = nameCounter(counter);
    const [, spent, held, touchedMs = 0, slices] = packCounter(counter, 0, 0);
    const rolling = slices === undefined ? [windowEndMs, null, null] : [null, spanMs, JSON.stringify(slices)];
    statements.putCounter.run(key, spent, held, touchedMs, ...rolling, forgetAtMs(counter));
  }

  function writeHold(id: string, nowMs: number): void {
    const record = holds.get(id);
    if (record === undefined) {
      statements.dropHold.run(id);
      return;
    }
    const held = record.parts.filter(({ isHeld }) => isHeld);
    const dueMs = isOpen(record) ? Math.min(...held.map(({ untilMs }) => untilMs)) : nowMs + GRACE_MS;
    statements.putHold.run(id, isOpen(record) ? 1 : 0, dueMs, JSON.stringify(packHold(record, 0, (name) => name)));
  }

  return books;
}

/** In the first layout each slice was a pair. */
function counterOfRow(row: Readonly<Record<string, unknown>>): Counter {
  const { key, spent, held, touched_ms, window_end_ms, span_ms, slices } = row;
  const flat = slices === null ? [] : (JSON.parse(String(slices)) as number[]).flat();
  return unpackCounter(
    [key, window_end_ms ?? 0, span_ms ?? 0] as unknown as CounterName,
    [0, spent, held, touched_ms, flat] as unknown as PackedCounter,
    0,
  );
}

function prepareStatements(database: DatabaseSync) {
  return {
    counter: database.prepare('SELECT * FROM counters WHERE key = ?'),
    hold: database.prepare('SELECT record FROM leases WHERE id = ?'),
    due: database.prepare('SELECT id FROM leases WHERE is_open = 1 AND due_ms <= ? LIMIT ?'),
    putCounter: database.prepare(
      `INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET spent = excluded.spent,
       held = excluded.held, touched_ms = excluded.touched_ms, span_ms = excluded.span_ms, slices = excluded.slices, forget_at_ms = excluded.forget_at_ms`,
    ),
    putHold: database.prepare('INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)'),
    dropHold: database.prepare('DELETE FROM leases WHERE id = ?'),
    pruneCounters: database.prepare(
      `DELETE FROM counters WHERE key IN (SELECT key FROM counters WHERE forget_at_ms <= ? AND held = 0 LIMIT ?)`,
    ),
    pruneHolds: database.prepare(
      `DELETE FROM leases WHERE id IN (SELECT id FROM leases WHERE is_open = 0 AND due_ms <= ? LIMIT ?)`,
    ),
  };
}

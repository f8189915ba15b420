import type { DatabaseSync } from 'node:sqlite';
import { leaseKey } from '../ledger/lease-end.ts';
import type { LeaseEnd, Unaccounted } from '../store.ts';
import type { Journalled } from './journal.ts';

/** What the usage ledger is still to be told, written in the transaction of the step that it belongs to. */
export interface SqliteOutbox extends Journalled {
  readonly putNote: (id: string, note: string, nowMs: number) => void;
  /** Nothing is kept of an end that charged nothing. */
  readonly putLease: (kind: 'ended' | 'undone', end: LeaseEnd, nowMs: number) => void;
  readonly remove: (keys: readonly string[]) => void;
  /** What has waited since before that time, the oldest first; after a fold. */
  readonly waiting: (beforeMs: number, limit: number) => readonly Unaccounted[];
}

type Item = readonly [key: string, atMs: number, kind: Unaccounted['kind'], body: string];
type Changes = readonly [put: readonly Item[], removed: readonly string[]];

export const OUTBOX_TABLE = `
CREATE TABLE waiting (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX waiting_by_key ON waiting (key);
`;

/** A usage ledger that cannot be written for hours must not fill the disk with what waits for it: some 100 MB. */
const MAX_WAITING = 100_000;

/** Keeps it for as long as it waits. What is told before the next fold, as most of it is, never stands in the table. Effects: on the database. */
export function createSqliteOutbox(database: DatabaseSync): SqliteOutbox {
  const put = database.prepare('INSERT INTO waiting (key, at_ms, kind, body) VALUES (?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM waiting WHERE key IN (SELECT value FROM json_each(?))');
  const oldest = database.prepare('SELECT key, kind, body FROM waiting WHERE at_ms <= ? ORDER BY at_ms, seq LIMIT ?');
  const span = database.prepare('SELECT max(seq) - min(seq) AS rows FROM waiting');
  /** Not in the table yet. */
  const items = new Map<string, Item>();
  /** Not journalled yet. */
  let added: Item[] = [];
  let removed: string[] = [];

  function add(item: Item): void {
    items.set(item[0], item);
    added.push(item);
  }

  function forget(): void {
    items.clear();
    added = [];
    removed = [];
  }

  return {
    putNote: (id, note, nowMs) => add([id, nowMs, 'note', note]),
    putLease(kind, end, nowMs) {
      if (end.charges.some(({ amount }) => amount > 0)) {
        add([leaseKey(kind, end), nowMs, kind, JSON.stringify(end)]);
      }
    },
    remove(keys) {
      const inTable: string[] = [];
      for (const key of keys) (items.delete(key) ? removed : inTable).push(key);
      if (inTable.length > 0) drop.run(JSON.stringify(inTable));
    },
    waiting: (beforeMs, limit) =>
      oldest.all(beforeMs, limit).map((row): Unaccounted => {
        const [key, kind, body] = [String(row.key), String(row.kind) as Unaccounted['kind'], String(row.body)];
        return kind === 'note' ? { key, kind, note: body } : { key, kind, end: JSON.parse(body) as LeaseEnd };
      }),
    take() {
      if (added.length + removed.length === 0) return null;
      const changes: Changes = [added, removed];
      added = [];
      removed = [];
      return changes;
    },
    apply(changes) {
      const [put, gone] = changes as Changes;
      for (const item of put) items.set(item[0], item);
      for (const key of gone) items.delete(key);
    },
    fold() {
      if (items.size > 0 && Number(span.get()?.rows ?? 0) < MAX_WAITING) {
        for (const item of items.values()) put.run(...item);
      }
      items.clear();
    },
    forget,
    isLarge: () => false,
  };
}

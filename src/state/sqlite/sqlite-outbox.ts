import type { DatabaseSync } from 'node:sqlite';
import { leaseKey } from '../ledger/lease-end.ts';
import type { LeaseEnd, Unaccounted } from '../store.ts';

/** What the usage ledger is still to be told, written in the transaction of the step that it belongs to. */
export interface SqliteOutbox {
  readonly putNote: (id: string, note: string, nowMs: number) => void;
  /** Nothing is kept of an end that charged nothing. */
  readonly putLease: (kind: 'ended' | 'undone', end: LeaseEnd, nowMs: number) => void;
  readonly remove: (keys: readonly string[]) => void;
  /** What has waited since before that time, the oldest first. */
  readonly waiting: (beforeMs: number, limit: number) => readonly Unaccounted[];
}

/** A usage ledger that cannot be written for hours must not fill the disk with what waits for it: some 100 MB. */
const MAX_WAITING = 100_000;

/**
 * Rows go by number: appended at the end of the table, whose last page is then all that a note changes, where rows in the order of their keys would have it
 * balanced with its neighbours. Later than the first layout, and an older gateway does not mind it.
 */
export const OUTBOX_TABLE = `
CREATE TABLE IF NOT EXISTS notes (seq INTEGER PRIMARY KEY, key TEXT NOT NULL, at_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
`;

/** Prepares the statements; each runs inside whatever transaction is open. */
export function createSqliteOutbox(database: DatabaseSync): SqliteOutbox {
  const put = database.prepare('INSERT INTO notes (key, at_ms, kind, body) VALUES (?, ?, ?, ?)');
  // A number may have been given back by a step that failed, and have gone to another row since: the key decides.
  const drop = database.prepare('DELETE FROM notes WHERE seq = ? AND key = ?');
  const find = database.prepare('SELECT seq, key FROM notes WHERE key IN (SELECT value FROM json_each(?))');
  const oldest = database.prepare(
    'SELECT seq, key, kind, body FROM notes WHERE at_ms <= ? ORDER BY at_ms, seq LIMIT ?',
  );
  const span = database.prepare('SELECT max(seq) - min(seq) AS rows FROM notes');
  /** Of this process alone, and hence rough; a count of the table would be read with every request. */
  const numbers = new Map<string, number | bigint>();

  function keep(key: string, kind: Unaccounted['kind'], body: string, nowMs: number): void {
    if (numbers.size >= MAX_WAITING) {
      // Others may have removed what this process has put there.
      if (Number(span.get()?.rows ?? 0) >= MAX_WAITING) return;
      numbers.clear();
    }
    numbers.set(key, put.run(key, nowMs, kind, body).lastInsertRowid);
  }

  return {
    putNote: (id, note, nowMs) => keep(id, 'note', note, nowMs),
    putLease(kind, end, nowMs) {
      if (end.charges.some(({ amount }) => amount > 0)) keep(leaseKey(kind, end), kind, JSON.stringify(end), nowMs);
    },
    remove(keys) {
      const missed: string[] = [];
      for (const key of keys) {
        const seq = numbers.get(key);
        if (seq === undefined || drop.run(seq, key).changes === 0) missed.push(key);
        numbers.delete(key);
      }
      if (missed.length === 0) return;
      // Such as what another process has put there.
      for (const { seq, key } of find.all(JSON.stringify(missed))) drop.run(Number(seq), String(key));
    },
    waiting: (beforeMs, limit) =>
      oldest.all(beforeMs, limit).map((row): Unaccounted => {
        const [key, kind, body] = [String(row.key), String(row.kind) as Unaccounted['kind'], String(row.body)];
        numbers.set(key, Number(row.seq));
        return kind === 'note' ? { key, kind, note: body } : { key, kind, end: JSON.parse(body) as LeaseEnd };
      }),
  };
}

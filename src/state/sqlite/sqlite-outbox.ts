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

/** Prepares the statements; each runs inside whatever transaction is open. */
export function createSqliteOutbox(database: DatabaseSync): SqliteOutbox {
  const put = database.prepare('INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?)');
  const drop = database.prepare('DELETE FROM outbox WHERE key IN (SELECT value FROM json_each(?))');
  const oldest = database.prepare('SELECT key, kind, body FROM outbox WHERE at_ms <= ? ORDER BY key LIMIT ?');
  // Of this process alone, and hence rough; a count of the table would be read with every request.
  let waiting = 0;

  function keep(key: string, kind: Unaccounted['kind'], body: string, nowMs: number): void {
    if (waiting >= MAX_WAITING) return;
    put.run(key, nowMs, kind, body);
    waiting += 1;
  }

  return {
    putNote: (id, note, nowMs) => keep(id, 'note', note, nowMs),
    putLease(kind, end, nowMs) {
      if (end.charges.some(({ amount }) => amount > 0)) keep(leaseKey(kind, end), kind, JSON.stringify(end), nowMs);
    },
    remove(keys) {
      waiting = Math.max(0, waiting - Number(drop.run(JSON.stringify(keys)).changes));
    },
    waiting: (beforeMs, limit) =>
      oldest.all(beforeMs, limit).map((row): Unaccounted => {
        const [key, kind, body] = [String(row.key), String(row.kind) as Unaccounted['kind'], String(row.body)];
        return kind === 'note' ? { key, kind, note: body } : { key, kind, end: JSON.parse(body) as LeaseEnd };
      }),
  };
}

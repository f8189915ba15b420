import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { useWriteAheadLog } from '../sqlite/open-ledger-file.ts';
import type { AlertBoard } from './alert-board.ts';

const SCHEMA = `
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, text TEXT NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leader (one INTEGER PRIMARY KEY CHECK (one = 1), owner TEXT NOT NULL, until_ms INTEGER NOT NULL);
`;

/** Opens the board that the processes of one machine share: `alerts.db` in the data folder. Throws when the file cannot be used. Effects: the file. */
export function createSqliteBoard(dataDir: string, nowMs: () => number): AlertBoard {
  mkdirSync(dataDir, { recursive: true });
  const database = new DatabaseSync(join(dataDir, 'alerts.db'), { timeout: 1000 });
  useWriteAheadLog(database);
  database.exec('PRAGMA synchronous = NORMAL');
  database.exec(SCHEMA);
  const lead = database.prepare(
    `INSERT INTO leader VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms
     WHERE owner = excluded.owner OR until_ms <= ? RETURNING owner`,
  );
  const put = database.prepare(
    'INSERT INTO notes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET text = excluded.text, until_ms = excluded.until_ms',
  );
  const remove = database.prepare('DELETE FROM notes WHERE name = ?');
  const forget = database.prepare('DELETE FROM notes WHERE until_ms <= ?');
  const list = database.prepare('SELECT name, text FROM notes WHERE until_ms > ?');
  let ledUntilMs = 0;
  let forgottenMs = 0;
  return {
    async lead(owner, forMs) {
      const atMs = Math.floor(nowMs());
      // Written anew when half of the time is over only.
      if (ledUntilMs - atMs > forMs / 2 && ledUntilMs - atMs <= forMs) return true;
      const isLeader = lead.get(owner, atMs + forMs, atMs) !== undefined;
      ledUntilMs = isLeader ? atMs + forMs : 0;
      return isLeader;
    },
    async put(name, text, forMs) {
      put.run(name, text, Math.floor(nowMs()) + Math.ceil(forMs));
    },
    async remove(name) {
      remove.run(name);
    },
    async list() {
      const atMs = Math.floor(nowMs());
      if (atMs - forgottenMs > 60_000) {
        forget.run(atMs);
        forgottenMs = atMs;
      }
      return Object.fromEntries(list.all(atMs).map(({ name, text }) => [String(name), String(text)]));
    },
    async close() {
      if (database.isOpen) database.close();
    },
  };
}

import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { useWriteAheadLog } from '../sqlite/open-ledger-file.ts';

const VERSION = 1;

const SCHEMA = `
CREATE TABLE answers (
  key TEXT PRIMARY KEY, cache TEXT NOT NULL, route TEXT NOT NULL, consumer TEXT NOT NULL, tags TEXT NOT NULL,
  stored_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL, bytes INTEGER NOT NULL, sealed BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX answers_by_expiry ON answers (expires_ms);
CREATE INDEX answers_by_use ON answers (used_ms, bytes);
CREATE TABLE questions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, scope TEXT NOT NULL, embedder TEXT NOT NULL,
  expires_ms INTEGER NOT NULL, sealed BLOB NOT NULL
);
PRAGMA user_version = ${VERSION};
`;

/**
 * Opens the file of kept answers, making it when it is not there. Nothing in it is irreplaceable: a file of another layout, or a damaged one, is
 * begun anew. Effects: the file, its folder, and SQLite's own files beside it.
 */
export function openCacheFile(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  try {
    return openOrThrow(file);
  } catch {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
    return openOrThrow(file);
  }
}

function openOrThrow(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    useWriteAheadLog(database);
    // The last answers may be lost with the power, never torn.
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec('PRAGMA journal_size_limit = 16777216');
    database.exec('BEGIN IMMEDIATE');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
    if (version === 0) database.exec(SCHEMA);
    else if (version !== VERSION) throw new Error(`the layout of ${file} is ${version}, not ${VERSION}`);
    database.exec('COMMIT');
    // A request waits no longer for another process than for a slow disk: then it is a miss.
    database.exec('PRAGMA busy_timeout = 100');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { useWriteAheadLog } from '../sqlite/open-ledger-file.ts';
import { StoreOpenError } from '../store-errors.ts';
import { PIECE_COLUMNS } from './usage-columns.ts';

const VERSION = 2;
const OPEN_WAIT_MS = 2000;

const TOKENS = `input INTEGER NOT NULL, cache_read INTEGER NOT NULL, cache_write INTEGER NOT NULL, cache_write_1h INTEGER NOT NULL,
  output INTEGER NOT NULL, reasoning INTEGER NOT NULL, audio_input INTEGER NOT NULL, audio_output INTEGER NOT NULL`;

// `charges` is the account: rows are added, never changed. The other tables are sums of it, kept in the same transactions, so that a report over a month
// reads some thousand rows instead of some million. A slice is a quarter of an hour: every time zone in use begins its days on one.
const SCHEMA = `
CREATE TABLE charges (
  id TEXT NOT NULL, part INTEGER NOT NULL, at_ms INTEGER NOT NULL, environment TEXT NOT NULL, revision TEXT NOT NULL,
  consumer TEXT NOT NULL, team TEXT NOT NULL, route TEXT NOT NULL, chain TEXT, target TEXT NOT NULL, provider TEXT NOT NULL,
  model TEXT NOT NULL, endpoint TEXT NOT NULL, ${TOKENS}, cost_micro_usd INTEGER, price_source TEXT, price_from_ms INTEGER,
  estimated INTEGER NOT NULL, status INTEGER NOT NULL, code TEXT, fallback TEXT, attempts INTEGER NOT NULL,
  billed_attempts INTEGER NOT NULL, saved_micro_usd INTEGER NOT NULL, PRIMARY KEY (id, part)
) WITHOUT ROWID;
CREATE INDEX charges_by_time ON charges (at_ms);
CREATE TABLE slices (
  slice_ms INTEGER NOT NULL, consumer TEXT NOT NULL, team TEXT NOT NULL, route TEXT NOT NULL, provider TEXT NOT NULL,
  model TEXT NOT NULL, requests INTEGER NOT NULL, failed INTEGER NOT NULL, fallbacks INTEGER NOT NULL,
  estimated INTEGER NOT NULL, unpriced INTEGER NOT NULL, ${TOKENS}, cost_micro_usd INTEGER NOT NULL,
  saved_micro_usd INTEGER NOT NULL, PRIMARY KEY (slice_ms, consumer, team, route, provider, model)
) WITHOUT ROWID;
CREATE TABLE counters (
  counter TEXT PRIMARY KEY, budget TEXT NOT NULL, split TEXT NOT NULL, unit TEXT NOT NULL, limit_amount INTEGER NOT NULL,
  window_start_ms INTEGER NOT NULL, window_end_ms INTEGER NOT NULL, is_rolling INTEGER NOT NULL, spent INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX counters_by_end ON counters (window_end_ms);
CREATE TABLE budget_hours (
  budget TEXT NOT NULL, split TEXT NOT NULL, unit TEXT NOT NULL, hour_ms INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (budget, split, unit, hour_ms)
) WITHOUT ROWID;
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`;

// Of the second layout.
const ADDED = `
${['charges', 'slices']
  .flatMap((table) =>
    Object.values(PIECE_COLUMNS).map((name) => `ALTER TABLE ${table} ADD COLUMN ${name} INTEGER NOT NULL DEFAULT 0;`),
  )
  .join('\n')}
PRAGMA user_version = ${VERSION};
`;

/** Where the usage ledger of a data folder is. Pure. */
export function usageFile(dataDir: string): string {
  return join(dataDir, 'usage.db');
}

/** Opens the usage ledger of a data folder to write, making it when it is not there. Throws StoreOpenError. Effects: the file, its folder, SQLite's own files beside it. */
export function openUsageFile(dataDir: string): DatabaseSync {
  return opening(usageFile(dataDir), (file) => {
    mkdirSync(dataDir, { recursive: true });
    const database = new DatabaseSync(file, { timeout: OPEN_WAIT_MS });
    return prepare(database, () => {
      useWriteAheadLog(database);
      // A power cut may take the last seconds, never the file; a killed process takes nothing that was written.
      database.exec('PRAGMA synchronous = NORMAL');
      database.exec('PRAGMA journal_size_limit = 16777216');
      database.exec('BEGIN IMMEDIATE');
      const version = checkLayout(database, file);
      if (version === 0) database.exec(SCHEMA);
      if (version < VERSION) database.exec(ADDED);
      // The folder's own, made by whoever opens it first; within the transaction that waits for others.
      database.prepare("INSERT OR IGNORE INTO settings VALUES ('id', ?)").run(randomUUID());
      database.exec('COMMIT');
      // Whoever finds the file locked waits in the event loop instead of blocking it.
      database.exec('PRAGMA busy_timeout = 0');
    });
  });
}

/** Opens it to read beside the gateways that write; null when there is none. Throws StoreOpenError. */
export function openUsageFileToRead(dataDir: string): DatabaseSync | null {
  const file = usageFile(dataDir);
  if (!existsSync(file)) return null;
  return opening(file, () => {
    const database = new DatabaseSync(file, { readOnly: true, timeout: OPEN_WAIT_MS });
    return prepare(database, () => {
      if (checkLayout(database, file) === 0) throw new StoreOpenError(`The usage ledger ${file} is empty.`, EMPTY_HINT);
    });
  });
}

const EMPTY_HINT = 'The gateway that made it ended before it was ready; start it again.';

function opening(file: string, open: (file: string) => DatabaseSync): DatabaseSync {
  try {
    return open(file);
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new StoreOpenError(
      `The usage ledger ${file} cannot be opened (${message}).`,
      'See that its folder exists and that this user may write there. A damaged one can be moved aside with its -wal and -shm: budgets are kept elsewhere and go on.',
      error,
    );
  }
}

function prepare(database: DatabaseSync, work: () => void): DatabaseSync {
  try {
    work();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The layout's version; 0 for a file without one. Throws for what is newer or something else. */
function checkLayout(database: DatabaseSync, file: string): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  const tables = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables ?? 0);
  if (version > VERSION) {
    throw new StoreOpenError(
      `The usage ledger ${file} was written by a newer version (layout ${version}, this one knows ${VERSION}).`,
      'Use the newer version, or move the file aside to begin a new account.',
    );
  }
  if (version === 0 && tables > 0) {
    throw new StoreOpenError(
      `The file ${file} is a database of something else.`,
      'Set SIGNALBOX_DATA_DIR to a folder of the gateway’s own.',
    );
  }
  return version;
}

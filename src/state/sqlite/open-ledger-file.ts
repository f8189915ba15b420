import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StoreOpenError } from '../store-errors.ts';
import { takeOverFirstLayout } from './first-layout.ts';
import { JOURNAL_TABLE } from './journal.ts';
import { OUTBOX_TABLE } from './sqlite-outbox.ts';
import { isBusy, openError } from './sqlite-problem.ts';

/**
 * When a step counts as written. `process`: once the operating system has it, which survives kill -9; a power cut may take the last seconds. `power`: once
 * the disk has it, at the price of an fsync per group of steps.
 */
export type Durability = 'process' | 'power';

const VERSION = 2;

// Without rowid: the key is the row's place. A hold is due when its lease ends, and one that has ended when it may be forgotten.
const SCHEMA = `
CREATE TABLE counters (
  key TEXT PRIMARY KEY, spent INTEGER NOT NULL, held INTEGER NOT NULL, touched_ms INTEGER NOT NULL,
  window_end_ms INTEGER, span_ms INTEGER, slices TEXT, forget_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX counters_to_forget ON counters (forget_at_ms);
CREATE TABLE claims (name TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX claims_to_forget ON claims (until_ms);
`;

// Of the second layout.
const ADDED = `
CREATE TABLE leases (id TEXT PRIMARY KEY, is_open INTEGER NOT NULL, due_ms INTEGER NOT NULL, record TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX leases_due ON leases (is_open, due_ms);
${JOURNAL_TABLE}
${OUTBOX_TABLE}
PRAGMA user_version = ${VERSION};
`;

// A second gateway that starts at the same moment needs no longer than this to make the tables.
const OPEN_WAIT_MS = 2000;

/** Where the ledger of a data folder is. Pure. */
export function ledgerFile(dataDir: string): string {
  return join(dataDir, 'ledger.db');
}

/** Opens the ledger, making it when it is not there. Throws StoreOpenError. Effects: the file, its folder and SQLite's own files beside it. */
export function openLedgerFile(file: string, durability: Durability): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    database = new DatabaseSync(file, { timeout: OPEN_WAIT_MS });
    prepare(database, file, durability);
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StoreOpenError ? error : openError(file, error);
  }
}

function prepare(database: DatabaseSync, file: string, durability: Durability): void {
  useWriteAheadLog(database);
  database.exec(`PRAGMA synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
  // After a checkpoint the log is cut back to this; it grows while a long read holds it.
  database.exec('PRAGMA journal_size_limit = 16777216');
  database.exec('BEGIN IMMEDIATE');
  const version = checkLayout(database, file);
  if (version === 0) database.exec(SCHEMA);
  if (version < VERSION) database.exec(ADDED);
  if (version === 1) takeOverFirstLayout(database);
  database.exec('COMMIT');
  // Whoever finds the file locked waits in the event loop instead of blocking it.
  database.exec('PRAGMA busy_timeout = 0');
}

/**
 * Looks whether a ledger that is there can be opened, and changes nothing, not even SQLite's own files beside it: without a log the file is whole. False when there is
 * none. Throws StoreOpenError.
 */
export function inspectLedgerFile(file: string): boolean {
  if (!existsSync(file)) return false;
  const url = pathToFileURL(file);
  if (!existsSync(`${file}-wal`)) url.searchParams.set('immutable', '1');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true });
    checkLayout(database, file);
    return true;
  } catch (error) {
    throw error instanceof StoreOpenError ? error : openError(file, error);
  } finally {
    database?.close();
  }
}

/** The layout's version; 0 for a file without one. Throws StoreOpenError for what is newer or something else. */
function checkLayout(database: DatabaseSync, file: string): number {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  const tables = Number(database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables ?? 0);
  if (version <= VERSION && (version > 0 || tables === 0)) return version;
  throw version > VERSION
    ? new StoreOpenError(
        `The ledger ${file} was written by a newer gateway (layout ${version}, this one knows ${VERSION}).`,
        'Start the newer version, or move the file aside to begin with nothing spent.',
      )
    : new StoreOpenError(
        `The file ${file} is a database of something else.`,
        'Set SIGNALBOX_DATA_DIR to a folder of the gateway’s own.',
      );
}

/** Two processes that both change the mode deadlock, which SQLite reports at once instead of waiting: then the other one has done it. */
export function useWriteAheadLog(database: DatabaseSync): void {
  const deadlineMs = Date.now() + OPEN_WAIT_MS;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadlineMs) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

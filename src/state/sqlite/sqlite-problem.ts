import { StoreOpenError, StoreUnavailableError } from '../store-errors.ts';

type Problem = 'busy' | 'damaged' | 'unreachable' | 'read-only' | 'full' | 'io' | 'other';

// Primary result codes: https://www.sqlite.org/rescode.html
const PROBLEMS: ReadonlyMap<number, Problem> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'read-only'],
  [10, 'io'],
  [11, 'damaged'],
  [13, 'full'],
  [14, 'unreachable'],
  [26, 'damaged'],
]);

const TEXTS: Readonly<Record<Problem, { readonly what: string; readonly hint: string }>> = {
  busy: {
    what: 'is locked by another program',
    hint: 'End the program that holds a transaction open on it (a backup, a sqlite3 shell); gateways share the file without such locks.',
  },
  damaged: {
    what: 'is damaged or no ledger of this gateway',
    hint: 'Put back a copy, or move the file and its -wal and -shm aside to begin with nothing spent: `sqlite3 FILE .recover` shows what is left.',
  },
  unreachable: {
    what: 'cannot be opened',
    hint: 'See that its folder exists and that this user may write there, or set SIGNALBOX_DATA_DIR.',
  },
  'read-only': { what: 'cannot be written', hint: 'Give this user the right to write the file and its folder.' },
  full: { what: 'has no room to grow: the disk is full', hint: 'Free some space; the gateway goes on by itself.' },
  io: {
    what: 'cannot be read or written: the disk reports an error',
    hint: 'Check the disk and its mount (network file systems do not carry SQLite), then restart.',
  },
  other: { what: 'cannot be used', hint: 'The cause names what SQLite said.' },
};

/** What SQLite finds no fault with, and is none of ours. */
export class DamagedLedgerError extends Error {}

/** Whether somebody else is writing at the moment. Pure. */
export function isBusy(error: unknown): boolean {
  return problemOf(error) === 'busy';
}

/** Whether SQLite said it, rather than our own code. Pure. */
export function isSqliteError(error: unknown): boolean {
  return codeOf(error) !== null;
}

/** The error for whoever starts the gateway. Pure. */
export function openError(file: string, error: unknown): StoreOpenError {
  const { what, hint } = TEXTS[problemOf(error)];
  return new StoreOpenError(`The ledger ${file} ${what} (${messageOf(error)}).`, hint.replace('FILE', file), error);
}

/** The error for a request that needs the ledger now. Pure. */
export function unavailableError(file: string, error: unknown): StoreUnavailableError {
  const { what } = TEXTS[problemOf(error)];
  return new StoreUnavailableError(`The ledger ${file} ${what} (${messageOf(error)}).`, error);
}

function problemOf(error: unknown): Problem {
  if (error instanceof DamagedLedgerError) return 'damaged';
  if (error instanceof Error && 'syscall' in error) return 'unreachable';
  const code = codeOf(error);
  return code === null ? 'other' : (PROBLEMS.get(code & 0xff) ?? 'other');
}

function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error)) return null;
  return typeof error.errcode === 'number' ? error.errcode : null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

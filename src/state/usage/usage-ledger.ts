import type { DatabaseSync } from 'node:sqlite';
import { isBusy, isSqliteError } from '../sqlite/sqlite-problem.ts';
import { openUsageFile } from './open-usage-file.ts';
import { entryKey, type UsageEntry } from './usage-entry.ts';
import { createUsageReader, type UsageReader } from './usage-reader.ts';
import { prepareWriteEntries } from './write-entries.ts';

/** How a usage ledger is opened. */
export interface UsageLedgerOptions {
  /** Folder of `usage.db`; made when it is not there. */
  readonly dataDir: string;
  /** Whose days reports count in: kept in the file, for those who read it alone. */
  readonly timezone: () => string;
  /** Told once when the file cannot be written, and again when it can. */
  readonly onEvent: (event: UsageLedgerEvent) => void;
  /** Told the keys of entries once they are on disk, or never will be, as `Unaccounted` has them; of those that stand on budgets alone. */
  readonly onWritten?: (keys: readonly string[]) => void;
  /** How long an entry waits at most while all is well; 250 ms by default. */
  readonly flushEveryMs?: number;
  /** Entries beyond are dropped and counted; 20,000 by default. */
  readonly maxQueued?: number;
}

/** What happens to the file behind the requests' backs. */
export type UsageLedgerEvent =
  | { readonly kind: 'lost'; readonly error: unknown }
  | { readonly kind: 'found' }
  | { readonly kind: 'refused'; readonly id: string; readonly error: unknown };

/** The append-only account of what was used, written off the request path. */
export interface UsageLedger {
  /** Names the file, wherever it is moved to. */
  readonly id: string;
  /** Queues an entry; an id that is known already changes nothing. Never throws, never waits. */
  readonly add: (entry: UsageEntry) => void;
  /** Resolves when all that is queued is written, or cannot be written now. */
  readonly flush: () => Promise<void>;
  /** Entries that wait to be written. */
  readonly queued: () => number;
  /** Entries lost for want of room, or because the file refused them. */
  readonly dropped: () => number;
  /** Reads what is written. */
  readonly reader: UsageReader;
  /** Writes what is queued, for 5 s at most, and lets go of the file. */
  readonly close: () => Promise<void>;
}

/** So many rows keep the event loop busy for some 10 ms. */
const PER_TRANSACTION = 200;
const RETRY_MS = 1000;
const CLOSE_MS = 5000;
const DAY_MS = 86_400_000;
/** Sums by budget serve forecasts, which look back five weeks; the charges themselves stay. */
const KEEP_BUDGETS_MS = 100 * DAY_MS;

/**
 * Opens the ledger of a data folder. Any number of processes on one machine may share the file. Entries are written in groups some time after they come: kill -9 takes
 * what came since the last group, unless a store keeps it until `onWritten`. Throws StoreOpenError. Effects: files in the folder; one timer while entries wait.
 */
export function createUsageLedger(options: UsageLedgerOptions): UsageLedger {
  const { dataDir, timezone, onEvent, flushEveryMs = 250, maxQueued = 20_000 } = options;
  const database = openUsageFile(dataDir);
  const writeEntries = prepareWriteEntries(database);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const keepSetting = database.prepare('INSERT OR REPLACE INTO settings VALUES (?, ?)');
  let queue: UsageEntry[] = [];
  let timer: NodeJS.Timeout | null = null;
  let dropped = 0;
  let isLost = false;
  let writtenTimezone: string | null = null;
  let prunedMs = 0;

  function add(entry: UsageEntry): void {
    if (queue.length >= maxQueued || !database.isOpen) {
      dropped += 1;
      return;
    }
    queue.push(entry);
    arm(isLost ? RETRY_MS : flushEveryMs);
  }

  function arm(afterMs: number): void {
    timer ??= setTimeout(() => {
      timer = null;
      if (writeGroup() && queue.length > 0) arm(1);
    }, afterMs).unref();
  }

  /** One transaction; false when it has to be tried again later, which is then arranged for. */
  function writeGroup(): boolean {
    const group = queue.slice(0, PER_TRANSACTION);
    try {
      inTransaction(group);
    } catch (error) {
      if (isBusy(error)) arm(5 + Math.random() * 20);
      else if (isRefusal(error)) refuseOne(group);
      else lose(error);
      return false;
    }
    queue = queue.slice(group.length);
    tellWritten(group);
    if (isLost) onEvent({ kind: 'found' });
    isLost = false;
    return true;
  }

  /** No store knows of what stands on no budget. */
  function tellWritten(entries: readonly UsageEntry[]): void {
    const keys = entries.filter(({ budgets, lease }) => budgets.length > 0 || lease !== undefined).map(entryKey);
    if (keys.length > 0) options.onWritten?.(keys);
  }

  function inTransaction(group: readonly UsageEntry[]): void {
    begin.run();
    try {
      writeEntries(group);
      const zone = timezone();
      if (zone !== writtenTimezone) keepSetting.run('timezone', zone);
      prune(group.at(-1)?.atMs ?? 0);
      database.exec('COMMIT');
      writtenTimezone = zone;
    } catch (error) {
      // After a full disk or an I/O error SQLite has rolled back by itself.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Once a day by the clock of the entries. */
  function prune(nowMs: number): void {
    if (nowMs - prunedMs < DAY_MS) return;
    prunedMs = nowMs;
    database.prepare('DELETE FROM counters WHERE window_end_ms < ?').run(nowMs - KEEP_BUDGETS_MS);
    database.prepare('DELETE FROM budget_hours WHERE hour_ms < ?').run(nowMs - KEEP_BUDGETS_MS);
  }

  /** One entry that the file does not take must not keep all others out. */
  function refuseOne(group: readonly UsageEntry[]): void {
    const refused = group.find((entry) => {
      try {
        inTransaction([entry]);
        return false;
      } catch (error) {
        if (!isRefusal(error)) return false;
        onEvent({ kind: 'refused', id: entry.id, error });
        return true;
      }
    });
    // Those before it are written by now, and coming again changes nothing.
    if (refused !== undefined) {
      queue = queue.filter((entry) => entry !== refused);
      tellWritten([refused]);
      dropped += 1;
    }
    arm(1);
  }

  function lose(error: unknown): void {
    if (!isLost) onEvent({ kind: 'lost', error });
    isLost = true;
    arm(RETRY_MS);
  }

  /** Writes all; gives up on a lock after the time given, and on a lost file at once. */
  async function drain(withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (queue.length > 0 && database.isOpen) {
      stopTimer();
      if (writeGroup()) await new Promise(setImmediate);
      else if (isLost || performance.now() > deadline) return;
      else await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  function stopTimer(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  return {
    id: ownId(database),
    add,
    flush: () => drain(1000),
    queued: () => queue.length,
    dropped: () => dropped,
    reader: createUsageReader(database),
    async close() {
      await drain(CLOSE_MS);
      stopTimer();
      dropped += queue.length;
      if (database.isOpen) database.close();
    },
  };
}

function ownId(database: DatabaseSync): string {
  return String(database.prepare("SELECT value FROM settings WHERE name = 'id'").get()?.value);
}

/** A value that no column takes, or a constraint (19): the entry is at fault, not the file. https://www.sqlite.org/rescode.html */
function isRefusal(error: unknown): boolean {
  if (!isSqliteError(error)) return true;
  return ((error as { readonly errcode: number }).errcode & 0xff) === 19;
}

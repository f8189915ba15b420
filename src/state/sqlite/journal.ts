import type { DatabaseSync } from 'node:sqlite';
import { DamagedLedgerError } from './sqlite-problem.ts';

/** What lives in memory, is journalled by what changed, and written into its own tables now and then. */
export interface Journalled {
  /** What has changed since it was last taken, as JSON has it; null for nothing. */
  readonly take: (nowMs: number) => unknown;
  /** Brings in what another process has taken. */
  readonly apply: (changes: unknown, atMs: number) => void;
  /** Writes what was taken or applied since the last fold into the tables; inside a transaction. */
  readonly fold: (nowMs: number) => void;
  /** Drops the copy, and with it what was not written. */
  readonly forget: () => void;
  /** Whether the copy has grown so that it should go after a fold. */
  readonly isLarge: () => boolean;
}

/** A copy of the ledger that follows what other processes write. */
export interface Journal {
  /** Reads on where another process has written since; to be called before each use. With an age in ms, not when it was called so lately: for whoever only reads. */
  readonly lookAround: (maxAgeMs?: number) => void;
  /** Writes what has changed; inside a transaction. */
  readonly write: (nowMs: number) => void;
  /** Brings the tables up to date and begins the journal anew, if anything has changed since the last time; inside a transaction. */
  readonly fold: (nowMs: number) => void;
  /** Has every process drop its copy, this one too, after something has gone from the tables; right after a fold. */
  readonly dropCopies: () => void;
  /** Drops the copy, and with it what was not written. */
  readonly forgetCopy: () => void;
}

/**
 * Slot 0 says under which number the tables were last brought up to date; a row of a higher number stands in the slot of their difference, and what stands in the others is of no
 * account. So the rows are written over and over where they are: one page changes for a group of steps, where rows that come and go would change the list of free pages as well.
 */
export const JOURNAL_TABLE = `
CREATE TABLE journal (slot INTEGER PRIMARY KEY, seq INTEGER NOT NULL, body TEXT NOT NULL);
INSERT INTO journal VALUES (0, 0, '');
`;

/** After so many rows, or so much text, the tables are brought up to date, which takes some milliseconds. */
const MAX_ROWS = 1000;
const MAX_CHARACTERS = 2_000_000;

/** Journals the parts of an open ledger, always in this order. Effects: on the database. */
export function createJournal(
  database: DatabaseSync,
  parts: readonly Journalled[],
  maxRows: number = MAX_ROWS,
): Journal {
  const version = database.prepare('PRAGMA data_version');
  const read = database.prepare('SELECT seq, body FROM journal WHERE slot = ?');
  const put = database.prepare(
    'INSERT INTO journal VALUES (?, ?, ?) ON CONFLICT (slot) DO UPDATE SET seq = excluded.seq, body = excluded.body',
  );
  let seenVersion = -1;
  let lookedMs = Number.NEGATIVE_INFINITY;
  /** Numbers of the last fold and of the next row; a copy that was dropped stands before the first one. */
  let folded = -1;
  let next = 0;
  let characters = 0;

  function lookAround(maxAgeMs = 0): void {
    const nowMs = performance.now();
    if (nowMs - lookedMs < maxAgeMs && folded >= 0) return;
    lookedMs = nowMs;
    const now = Number(version.get()?.data_version);
    if (now === seenVersion) return;
    readOn();
    seenVersion = now;
  }

  /** Others may fold between two reads, as they can outside a transaction: then a row has a number too high, and slot 0 another one than before. */
  function readOn(): void {
    let lastFold = foldNumber();
    for (let found = readRows(lastFold); found > next; found = readRows(lastFold)) {
      const before = lastFold;
      lastFold = foldNumber();
      if (lastFold === before) throw new DamagedLedgerError(`row ${next} of the journal has the number ${found}`);
    }
  }

  function foldNumber(): number {
    return Number(read.get(0)?.seq);
  }

  /** Applies the rows that are due. The number in the place of the next one: lower, or too high. */
  function readRows(lastFold: number): number {
    if (lastFold !== folded) {
      forgetCopy();
      folded = lastFold;
      next = lastFold + 1;
      characters = 0;
    }
    for (; ; next++) {
      const row = read.get(next - folded);
      if (row === undefined || row.seq !== next) return Number(row?.seq ?? -1);
      apply(String(row.body));
    }
  }

  function apply(body: string): void {
    characters += body.length;
    try {
      const [atMs, ...changes] = JSON.parse(body) as [number, ...unknown[]];
      parts.forEach((part, at) => {
        if (changes[at] !== null) part.apply(changes[at], atMs);
      });
    } catch {
      // What the parser says of it may quote it.
      throw new DamagedLedgerError(`row ${next} of the journal cannot be read`);
    }
  }

  function write(nowMs: number): void {
    append(nowMs);
    const isLarge = parts.some((part) => part.isLarge());
    if (isLarge || next - folded > maxRows || characters > MAX_CHARACTERS) fold(nowMs);
    if (isLarge) for (const part of parts) part.forget();
  }

  function append(nowMs: number): void {
    const changes = parts.map((part) => part.take(nowMs));
    if (changes.every((each) => each === null)) return;
    const body = JSON.stringify([nowMs, ...changes]);
    put.run(next - folded, next, body);
    next += 1;
    characters += body.length;
  }

  function fold(nowMs: number): void {
    append(nowMs);
    if (next === folded + 1) return;
    for (const part of parts) part.fold(nowMs);
    beginAnew();
  }

  /** Under a number that no row has had, so that whoever has read the last one sees it too. */
  function beginAnew(): void {
    folded = next;
    next += 1;
    characters = 0;
    put.run(0, folded, '');
  }

  function dropCopies(): void {
    beginAnew();
    for (const part of parts) part.forget();
  }

  function forgetCopy(): void {
    for (const part of parts) part.forget();
    folded = -1;
    seenVersion = -1;
  }

  return { lookAround, write, fold, dropCopies, forgetCopy };
}

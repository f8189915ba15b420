import type { DatabaseSync } from 'node:sqlite';
import type { Journal } from './journal.ts';
import { isBusy, isSqliteError } from './sqlite-problem.ts';

/** Runs steps on what is journalled, many in one transaction, and tells their results once it is written. */
export interface GroupCommit {
  /**
   * Takes the step with all others of this turn of the event loop: the busier the process, the larger the groups. Answers wait
   * for it, so that whoever has one meets counters that know of it; where they cannot wait any longer the hold stands until then, and nothing too much is let through. Rejects with what `problem` makes of an error.
   */
  readonly run: <T>(step: (nowMs: number) => T) => Promise<T>;
  /** Writes what is waiting, and takes no more. */
  readonly close: () => Promise<void>;
}

export interface GroupCommitOptions {
  readonly database: DatabaseSync;
  readonly journal: Journal;
  readonly nowMs: () => number;
  /** How long a group waits while other processes write. */
  readonly busyMs: number;
  readonly problem: (error: unknown) => Error;
  readonly onWritten: () => void;
}

interface Waiting {
  readonly step: (nowMs: number) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Creates one with nothing waiting. Effects: transactions on the database; timers only while steps wait. */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { database, journal, problem } = options;
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  let waiting: Waiting[] = [];
  let immediate: NodeJS.Immediate | null = null;
  let timer: NodeJS.Timeout | null = null;
  /** Performance time at which the group found the file locked; null while it is not. */
  let busySince: number | null = null;
  let isClosed = false;

  function run<T>(step: (nowMs: number) => T): Promise<T> {
    if (isClosed) return Promise.reject(problem(new Error('the store is closed')));
    return new Promise<T>((resolve, reject) => {
      waiting.push({ step, resolve: resolve as (result: unknown) => void, reject });
      if (busySince === null) immediate ??= setImmediate(flush);
    });
  }

  function flush(): void {
    stopTimers();
    if (waiting.length === 0) return;
    const group = waiting;
    waiting = [];
    try {
      begin.run();
    } catch (error) {
      waiting = [...group, ...waiting];
      afterBegin(error);
      return;
    }
    busySince = null;
    runGroup(group);
  }

  /** Another process holds the lock for fractions of a millisecond, as a rule; a random pause keeps two from meeting again and again. */
  function afterBegin(error: unknown): void {
    busySince ??= performance.now();
    if (isBusy(error) && performance.now() - busySince < options.busyMs && !isClosed) {
      timer = setTimeout(flush, 1 + Math.random() * 3);
      return;
    }
    busySince = null;
    rejectAll(waiting.splice(0), error);
  }

  function runGroup(group: readonly Waiting[]): void {
    const results: unknown[] = [];
    try {
      const nowMs = options.nowMs();
      journal.lookAround();
      for (const { step } of group) results.push(step(nowMs));
      journal.write(nowMs);
      commit.run();
    } catch (error) {
      rollBack();
      if (group.length > 1 && !isSqliteError(error)) oneByOne(group);
      else rejectAll(group, error);
      return;
    }
    options.onWritten();
    group.forEach(({ resolve }, at) => {
      resolve(results[at]);
    });
  }

  /** One step that throws must not take the others with it. */
  function oneByOne(group: readonly Waiting[]): void {
    for (const each of group) {
      try {
        begin.run();
      } catch (error) {
        rejectAll([each], error);
        continue;
      }
      runGroup([each]);
    }
  }

  function rollBack(): void {
    journal.forgetCopy();
    // After a full disk or an I/O error SQLite has rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
  }

  function rejectAll(group: readonly Waiting[], error: unknown): void {
    const told = problem(error);
    for (const { reject } of group) reject(told);
  }

  function stopTimers(): void {
    if (immediate !== null) clearImmediate(immediate);
    if (timer !== null) clearTimeout(timer);
    immediate = null;
    timer = null;
  }

  async function close(): Promise<void> {
    while (waiting.length > 0) {
      flush();
      if (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    isClosed = true;
    stopTimers();
  }

  return { run, close };
}

import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { digestFile, readLock, type TrafficLock } from '#replay';
import { UsageError } from '../usage-error.ts';
import { whyUnreadable } from '../why-unreadable.ts';

/** Checks that a lock file pins every recording by its content. Throws `UsageError` naming the first that it does not. */
export async function checkLock(lockFile: string, paths: readonly string[]): Promise<void> {
  const lock = await openLock(lockFile);
  for (const path of paths) {
    const problem = await lockProblem(lock, path);
    if (problem !== null) {
      throw new UsageError(
        `${path} ${problem} in ${lockFile}`,
        'Pin it anew with: signalbox traffic verify FILES --lock LOCKFILE --update',
      );
    }
  }
}

/** Reads a lock file. Throws `UsageError`. */
export async function openLock(lockFile: string): Promise<TrafficLock> {
  const text = await readFile(lockFile, 'utf8').catch((error: Error) => {
    throw new UsageError(
      `${lockFile} cannot be read: ${whyUnreadable(error)}`,
      'Make it with: signalbox traffic verify FILES --lock LOCKFILE --update',
    );
  });
  const lock = readLock(text);
  if (lock === null) throw new UsageError(`${lockFile} is no traffic lock file`, null);
  return lock;
}

/** How a recording differs from its pin; null when it is as pinned. */
export async function lockProblem({ recordings }: TrafficLock, path: string): Promise<string | null> {
  const pinned = recordings.find(({ name }) => name === basename(path));
  if (pinned === undefined) return 'is not pinned';
  if (!(await stat(path).catch(() => null))?.isFile()) return 'cannot be read, though it is pinned';
  const { sha256 } = await digestFile(path);
  return sha256 === pinned.sha256
    ? null
    : `has digest ${sha256.slice(0, 12)}…, not ${pinned.sha256.slice(0, 12)}… as pinned`;
}

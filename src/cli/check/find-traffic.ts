import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { openLock } from '../traffic/check-lock.ts';

/** Where a repository pins its recordings unless told otherwise. */
export const DEFAULT_LOCK = 'traffic/traffic.lock.json';

/** The recordings to replay. */
export interface FoundTraffic {
  readonly paths: readonly string[];
  /** The lock file that pins them; null for recordings that were named. */
  readonly lock: string | null;
}

/** The recordings that are named, else those that the lock file pins, beside it; none when there is no lock file. Throws `UsageError`. Effect: reads the lock file. */
export async function findTraffic(named: readonly string[], lockOption: string | undefined): Promise<FoundTraffic> {
  if (named.length > 0) return { paths: named, lock: lockOption ?? null };
  const lock = lockOption ?? DEFAULT_LOCK;
  const isThere = lockOption !== undefined || (await stat(lock).catch(() => null)) !== null;
  if (!isThere) return { paths: [], lock: null };
  const { recordings } = await openLock(lock);
  return { paths: recordings.map(({ name }) => join(dirname(lock), basename(name))), lock };
}

import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { listRecordFiles } from './record-files.ts';

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** What to keep in a folder of records. */
export interface Tidying {
  readonly directory: string;
  readonly nowMs: number;
  readonly retainMs: number;
  readonly pid: number;
  /** The file that is being written. */
  readonly current: string | null;
}

/**
 * Deletes files whose records are all older than the retention, packs those that a process left behind when it died, and removes half-packed ones.
 * Several processes may do so at once. Effect: changes the folder.
 */
export async function tidyRecordFiles({ directory, nowMs, retainMs, pid, current }: Tidying): Promise<void> {
  for (const { path, startedMs } of await listRecordFiles(directory)) {
    if (path === current) continue;
    // A file takes records for a day at most; an hour more for clocks that differ.
    const endedMs = startedMs + DAY_MS + HOUR_MS;
    if (endedMs < nowMs - retainMs) await rm(path, { force: true });
    else if (endedMs < nowMs && !path.endsWith('.gz')) await packRecordFile(path, pid);
  }
  for (const name of await readdir(directory).catch(() => [])) {
    if (!name.endsWith('.part')) continue;
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && found.mtimeMs < nowMs - DAY_MS) await rm(path, { force: true });
  }
}

/** Half the time of zlib's own choice for files half as large again (measured on records): the processor is the gateway's. */
const PACK_LEVEL = 3;

/** Packs a file: a reader finds it under one of its two names at every moment. Nothing happens when another process was first. Effect: replaces the file. */
export async function packRecordFile(path: string, pid: number): Promise<void> {
  const part = `${path}.gz.${pid}.part`;
  try {
    await pipeline(createReadStream(path), createGzip({ level: PACK_LEVEL }), createWriteStream(part, { mode: 0o640 }));
    await rename(part, `${path}.gz`);
    await rm(path, { force: true });
  } catch (error) {
    await rm(part, { force: true });
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

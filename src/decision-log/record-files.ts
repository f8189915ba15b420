import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText } from '#core';

/** One file of records. */
export interface RecordFile {
  readonly path: string;
  readonly name: string;
  /** When its first record was written, in ms since 1970. */
  readonly startedMs: number;
}

const NAME = /^records-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-\d+-\d+\.ndjson(\.gz)?$/;

/** A name that sorts by time and that no other process takes. Pure. */
export function recordFileName(atMs: number, pid: number, sequence: number): string {
  const stamp = new Date(atMs).toISOString().replace(/[-:.]/g, '');
  return `records-${stamp}-${pid}-${sequence}.ndjson`;
}

/** The record files of a folder, newest first; none where there is no such folder. A file that is still being packed counts once. */
export async function listRecordFiles(directory: string): Promise<readonly RecordFile[]> {
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const present = new Set(names);
  return names
    .filter((name) => !(name.endsWith('.gz') && present.has(name.slice(0, -3))))
    .flatMap((name) => {
      const found = NAME.exec(name);
      if (!found) return [];
      const [, year, month, day, hour, minute, second, ms] = found;
      const startedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
      return [{ path: join(directory, name), name, startedMs }];
    })
    .sort((a, b) => compareText(b.name, a.name));
}

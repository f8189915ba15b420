import { open } from 'node:fs/promises';
import { compareText } from '#core';
import { parseRecord, readRecords } from './read-records.ts';
import type { TrafficRecord } from './record.gen.ts';
import { listRecordFiles, type RecordFile } from './record-files.ts';

/** Records are one to two kilobytes; what is too short for the number asked for is made up for by older files. */
const BYTES_PER_RECORD = 4096;

/**
 * The newest records, newest first. Of every file still written to (one for each process that shares the folder) only the end is read, packed ones
 * only when those do not suffice. Effect: reads files.
 */
export async function latestRecords(directory: string, limit: number): Promise<readonly TrafficRecord[]> {
  const files = await listRecordFiles(directory);
  const isPacked = ({ path }: RecordFile): boolean => path.endsWith('.gz');
  const found: TrafficRecord[] = [];
  for (const { path } of files.filter((file) => !isPacked(file))) found.push(...(await lastOf(path, limit)));
  for (const { path } of files.filter(isPacked)) {
    if (found.length >= limit) break;
    found.push(...(await lastOfPacked(path, limit)));
  }
  return found.sort((a, b) => compareText(b.at, a.at) || compareText(b.id, a.id)).slice(0, limit);
}

async function lastOf(path: string, limit: number): Promise<readonly TrafficRecord[]> {
  const file = await open(path).catch(() => null);
  if (file === null) return await lastOfPacked(`${path}.gz`, limit);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - limit * BYTES_PER_RECORD);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // Unless it begins the file, the first line was met in its middle.
    return lines.slice(start === 0 ? 0 : 1).flatMap((text, index) => {
      const parsed = text === '' ? null : parseRecord(text, index, true);
      return parsed?.kind === 'record' ? [parsed.record] : [];
    });
  } finally {
    await file.close();
  }
}

async function lastOfPacked(path: string, limit: number): Promise<readonly TrafficRecord[]> {
  let records: TrafficRecord[] = [];
  try {
    for await (const line of readRecords(path)) {
      if (line.kind === 'record') records.push(line.record);
      if (records.length >= 2 * limit) records = records.slice(-limit);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return records.slice(-limit);
}

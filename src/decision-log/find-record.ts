import { stat } from 'node:fs/promises';
import { requestIdTime } from '#core';
import { readLineBatches } from './read-lines.ts';
import { parseRecord } from './read-records.ts';
import type { TrafficRecord } from './record.gen.ts';
import { listRecordFiles } from './record-files.ts';

/** Clocks of machines that share a folder may differ. */
const SLACK_MS = 60_000;

/**
 * Looks for the record of a request id, newest file first, without opening files that were last written before the request came; null when no file
 * holds it. Effect: reads files.
 */
export async function findRecord(directory: string, id: string): Promise<TrafficRecord | null> {
  const needle = `"id":${JSON.stringify(id)}`;
  const cameMs = requestIdTime(id) ?? 0;
  for (const { path } of await listRecordFiles(directory)) {
    if (await wasLastWrittenBefore(path, cameMs - SLACK_MS)) continue;
    const found = await findInFile(path, needle, id);
    if (found !== null) return found;
  }
  return null;
}

async function findInFile(path: string, needle: string, id: string): Promise<TrafficRecord | null> {
  try {
    for await (const { firstLine, lines } of readLineBatches(path)) {
      for (const [index, text] of lines.entries()) {
        if (!text.includes(needle)) continue;
        const parsed = parseRecord(text, firstLine + index, true);
        if (parsed.kind === 'record' && parsed.record.id === id) return parsed.record;
      }
    }
  } catch (error) {
    // Retention may have taken the file since the folder was listed.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return null;
}

async function wasLastWrittenBefore(path: string, atMs: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtimeMs < atMs;
}

import { readLines, readRecords } from './read-records.ts';
import type { TrafficRecord } from './record.gen.ts';
import { listRecordFiles } from './record-files.ts';

/** Looks for the record of a request id, newest file first; null when no file holds it. Effect: reads files. */
export async function findRecord(directory: string, id: string): Promise<TrafficRecord | null> {
  const needle = `"id":${JSON.stringify(id)}`;
  for (const { path } of await listRecordFiles(directory)) {
    for await (const text of readLines(path)) {
      if (!text.includes(needle)) continue;
      const record = JSON.parse(text) as TrafficRecord;
      if (record.id === id) return record;
    }
  }
  return null;
}

/** The newest records, newest first. Effect: reads files. */
export async function latestRecords(directory: string, limit: number): Promise<readonly TrafficRecord[]> {
  const found: TrafficRecord[] = [];
  for (const { path } of await listRecordFiles(directory)) {
    const inFile: TrafficRecord[] = [];
    for await (const line of readRecords(path)) {
      if (line.kind !== 'record') continue;
      inFile.push(line.record);
      if (inFile.length > limit) inFile.shift();
    }
    found.push(...inFile.reverse().slice(0, limit - found.length));
    if (found.length >= limit) break;
  }
  return found;
}

import { readRecordBatches } from './read-records.ts';
import type { TrafficRecord } from './record.gen.ts';
import { listRecordFiles } from './record-files.ts';

/** A file ends with its day, and the last request in it may have begun long before it was written. */
const MARGIN_MS = 2 * 86_400_000;

/** The records of a folder that may have begun in [fromMs, toMs), in batches and with some before and after; a file that goes away meanwhile is passed over. Effect: reads files. */
export async function* recordsBetween(
  directory: string,
  fromMs: number,
  toMs: number,
): AsyncGenerator<readonly TrafficRecord[]> {
  const files = await listRecordFiles(directory);
  for (const { path, startedMs } of files) {
    if (startedMs < fromMs - MARGIN_MS || startedMs > toMs + MARGIN_MS) continue;
    try {
      for await (const batch of readRecordBatches(path)) {
        yield batch.flatMap((line) => (line.kind === 'record' ? [line.record] : []));
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

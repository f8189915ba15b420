import type { TrafficRecord } from '#decision-log';
import { createTally, recordsInOrder, UnreadableRecording } from '#replay';
import { UsageError } from '../usage-error.ts';

/** Gives every record of the files in the order of their clocks, and tells how many lines were none. Throws `UsageError` for a file that cannot be read. */
export async function readInOrder(
  paths: readonly string[],
  onRecord: (record: TrafficRecord) => void,
): Promise<{ readonly badLines: number }> {
  const tally = createTally();
  try {
    for await (const record of recordsInOrder(paths, tally)) onRecord(record);
  } catch (error) {
    if (!(error instanceof UnreadableRecording)) throw error;
    throw new UsageError(error.message, 'Recordings are .ndjson files, packed with gzip or not.', { cause: error });
  }
  return { badLines: tally.counts.cut + tally.counts.invalid };
}

import { basename } from 'node:path';
import type { TrafficRecord } from '#decision-log';
import { linesOf, parseLine, readBlocks, UnreadableRecording } from '#replay';
import { UsageError } from '../usage-error.ts';

/** A line that is no record. */
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Gives every record of the files in turn, and every line that is none. Throws `UsageError` for a file that cannot be read. */
export async function readRecordings(
  paths: readonly string[],
  onRecord: (record: TrafficRecord, line: number, path: string) => void | Promise<void>,
  onBad: (bad: BadLine) => void = () => undefined,
): Promise<void> {
  for (const [file, path] of paths.entries()) {
    try {
      let last: { readonly text: string; readonly line: number } | null = null;
      const take = async (
        { text, line }: { readonly text: string; readonly line: number },
        isLast: boolean,
      ): Promise<void> => {
        const parsed = parseLine(text, isLast);
        if (parsed.kind === 'record') await onRecord(parsed.record, line, path);
        else onBad({ file: basename(path), line, message: parsed.message });
      };
      for await (const next of linesOf(readBlocks(path, file))) {
        if (last !== null) await take(last, false);
        last = next;
      }
      if (last !== null) await take(last, true);
    } catch (error) {
      if (error instanceof UnreadableRecording)
        throw new UsageError(error.message, 'Recordings are .ndjson files, packed with gzip or not.', { cause: error });
      throw error;
    }
  }
}

import { isObject } from '#core';
import { readLineBatches } from './read-lines.ts';
import type { TrafficRecord } from './record.gen.ts';

/** One line of a recording: a record, or what is wrong with it. */
export type RecordLine =
  | { readonly kind: 'record'; readonly line: number; readonly record: TrafficRecord }
  /** `cut`: the recording ends in the middle of this line, as after a power cut; `invalid`: not JSON, or not a record of this version. */
  | { readonly kind: 'cut' | 'invalid'; readonly line: number; readonly message: string };

/** The one version of the record schema that this program reads and writes. */
export const RECORD_VERSION = 1;

/** Reads a recording (`.ndjson` or `.ndjson.gz`) line by line in constant memory; empty lines are passed over. Rejects when the file cannot be read at all. Effect: reads the file. */
export async function* readRecords(path: string): AsyncGenerator<RecordLine> {
  for await (const batch of readRecordBatches(path)) yield* batch;
}

/** The same in batches of what one read brings: for whoever counts every microsecond. */
export async function* readRecordBatches(path: string): AsyncGenerator<readonly RecordLine[]> {
  for await (const { firstLine, lines, ending } of readLineBatches(path)) {
    const batch: RecordLine[] = [];
    for (const [index, text] of lines.entries()) {
      const line = firstLine + index;
      if (ending === 'cut') batch.push({ kind: 'cut', line, message: `the packed recording ends in line ${line}` });
      else if (text !== '' && text !== '\r') batch.push(parseRecord(text, line, ending === 'open'));
    }
    if (batch.length > 0) yield batch;
  }
}

/** One line as a record; `isOpen` when nothing ended the line, so that it may be cut. Pure. */
export function parseRecord(text: string, line: number, isOpen: boolean): RecordLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return isOpen
      ? { kind: 'cut', line, message: `line ${line} ends in its middle` }
      : { kind: 'invalid', line, message: `line ${line} is not JSON` };
  }
  if (!isObject(value)) return { kind: 'invalid', line, message: `line ${line} is not an object` };
  if (value.v !== RECORD_VERSION) {
    const version = typeof value.v === 'number' ? `version ${value.v}` : 'no version';
    return {
      kind: 'invalid',
      line,
      message: `line ${line} has ${version}; this program reads version ${RECORD_VERSION}`,
    };
  }
  if (typeof value.id !== 'string' || typeof value.at !== 'string' || !isObject(value.request)) {
    return { kind: 'invalid', line, message: `line ${line} lacks id, at or request` };
  }
  return { kind: 'record', line, record: value as unknown as TrafficRecord };
}

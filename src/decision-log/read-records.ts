import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { isObject } from '#core';
import type { TrafficRecord } from './record.gen.ts';

/** One line of a recording: a record, or what is wrong with it. */
export type RecordLine =
  | { readonly kind: 'record'; readonly line: number; readonly record: TrafficRecord }
  /** `cut`: the last line ends in its middle, as after a power cut; `invalid`: not JSON, or not a record of this version. */
  | { readonly kind: 'cut' | 'invalid'; readonly line: number; readonly message: string };

/** Reads a recording (`.ndjson` or `.ndjson.gz`) line by line in constant memory. Rejects when the file cannot be read at all. Effect: reads the file. */
export async function* readRecords(path: string): AsyncGenerator<RecordLine> {
  let line = 0;
  let pending: string | null = null;
  for await (const text of readLines(path)) {
    if (pending !== null) yield parseLine(pending, line, false);
    line += 1;
    pending = text;
  }
  if (pending !== null) yield parseLine(pending, line, true);
}

/** The lines of a recording as text, packed or not. A packed file that was cut ends where it can no longer be read. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const file = createReadStream(path);
  const isPacked = path.endsWith('.gz');
  const input = isPacked ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => input.destroy(error));
  try {
    yield* createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    if (!(isPacked && (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR')) throw error;
    yield '{"cut"';
  } finally {
    file.destroy();
  }
}

function parseLine(text: string, line: number, isLast: boolean): RecordLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return isLast
      ? { kind: 'cut', line, message: `line ${line} ends in its middle` }
      : { kind: 'invalid', line, message: `line ${line} is not JSON` };
  }
  if (!isObject(value)) return { kind: 'invalid', line, message: `line ${line} is not an object` };
  if (value.v !== 1) {
    const version = typeof value.v === 'number' ? `version ${value.v}` : 'no version';
    return { kind: 'invalid', line, message: `line ${line} has ${version}; this program reads version 1` };
  }
  if (typeof value.id !== 'string' || typeof value.at !== 'string' || !isObject(value.request)) {
    return { kind: 'invalid', line, message: `line ${line} lacks id, at or request` };
  }
  return { kind: 'record', line, record: value as unknown as TrafficRecord };
}

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Where NDJSON lines go. */
export interface RecordWriter {
  readonly write: (line: string) => Promise<void>;
  /** Completes the file. */
  readonly close: () => Promise<void>;
  /** Removes what was written. */
  readonly abort: () => Promise<void>;
}

const BUFFER_CHARS = 256 * 1024;

/** Opens a recording for writing, packed when its name ends in `.gz`; it gets its name only when it is complete. Without a file the lines go to stdout. */
export function openRecordWriter(file: string | undefined, terminal: Terminal): RecordWriter {
  if (file === undefined) {
    return { write: async (line) => terminal.out(line), close: async () => undefined, abort: async () => undefined };
  }
  const unfinished = `${file}.part`;
  const output = createWriteStream(unfinished);
  // Without a clock in its header the same input packs to the same bytes.
  const input: Writable = file.endsWith('.gz') ? createGzip({ level: 6 }) : output;
  let failure: Error | null = null;
  output.on('error', (error) => {
    failure = new UsageError(`${file} cannot be written: ${error.message}`, null, { cause: error });
  });
  const done = finished(
    input === output ? output : (input as unknown as NodeJS.ReadableStream & Writable).pipe(output),
  ).catch(() => undefined);
  let pending = '';
  const flush = async (): Promise<void> => {
    if (failure !== null) throw failure;
    const text = pending;
    pending = '';
    if (text !== '' && !input.write(text)) await Promise.race([once(input, 'drain'), done]);
    if (failure !== null) throw failure;
  };
  return {
    async write(line) {
      pending += line;
      if (pending.length >= BUFFER_CHARS) await flush();
    },
    async close() {
      await flush();
      input.end();
      await done;
      if (failure !== null) throw failure;
      await rename(unfinished, file);
    },
    async abort() {
      input.destroy();
      output.destroy();
      await rm(unfinished, { force: true });
    },
  };
}

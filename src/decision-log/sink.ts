import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { listRecordFiles, recordFileName } from './record-files.ts';

/** Settings of a sink; `limits` is read at every flush, so that a reload of the policies takes effect. */
export interface SinkOptions {
  readonly directory: string;
  readonly limits: () => { readonly maxFileBytes: number; readonly retainMs: number };
  readonly nowMs: () => number;
  readonly pid: number;
  /** Told of every failure to write, with a static text. */
  readonly onProblem: (error: unknown, text: string) => void;
  readonly flushEveryMs?: number;
  readonly maxQueueBytes?: number;
}

/** Where records go: lines are queued in bounded memory and written about every second. */
export interface Sink {
  /** Queues a line, or counts it as dropped when the queue is full. Never waits, never throws. */
  readonly write: (line: string) => void;
  /** Writes what is queued. */
  readonly flush: () => Promise<void>;
  /** Lines that were queued and are not on disk yet. */
  readonly pending: () => readonly string[];
  readonly dropped: () => number;
  /** Writes what is queued and closes the file. */
  readonly close: () => Promise<void>;
}

const FLUSH_MS = 1000;
const MAX_QUEUE_BYTES = 16 * 1024 * 1024;
const DAY_MS = 86_400_000;

interface Current {
  readonly handle: FileHandle;
  readonly path: string;
  readonly day: number;
  size: number;
}

/**
 * Opens a sink of NDJSON files: a new file when one is full or a UTC day begins, full ones packed in the background, old ones deleted. A disk that is full
 * or gone costs records, which are counted, and no request. Effects: files in the folder, one timer.
 */
export function openSink(options: SinkOptions): Sink {
  const { directory, limits, nowMs, pid, onProblem, maxQueueBytes = MAX_QUEUE_BYTES } = options;
  let queue: string[] = [];
  let queuedBytes = 0;
  let dropped = 0;
  let sequence = 0;
  let current: Current | null = null;
  let writing: Promise<void> = Promise.resolve();
  let inFlight: readonly string[] = [];
  const packing = new Set<Promise<void>>();
  const timer = setInterval(flush, options.flushEveryMs ?? FLUSH_MS);
  timer.unref();

  function flush(): Promise<void> {
    writing = writing.then(writeQueue);
    return writing;
  }

  async function writeQueue(): Promise<void> {
    if (queue.length === 0) return;
    const lines = queue;
    const text = lines.join('');
    inFlight = lines;
    queue = [];
    queuedBytes = 0;
    try {
      const file = await fileFor(Buffer.byteLength(text));
      await file.handle.appendFile(text);
      file.size += Buffer.byteLength(text);
    } catch (error) {
      dropped += lines.length;
      onProblem(error, 'decision records could not be written and are lost');
      await leaveFile(false);
    } finally {
      inFlight = [];
    }
  }

  async function fileFor(bytes: number): Promise<Current> {
    const day = Math.floor(nowMs() / DAY_MS);
    const isFull = current !== null && current.size > 0 && current.size + bytes > limits().maxFileBytes;
    if (current !== null && (isFull || current.day !== day)) await leaveFile(true);
    if (current !== null) return current;
    await mkdir(directory, { recursive: true });
    const path = join(directory, recordFileName(nowMs(), pid, sequence++));
    current = { handle: await open(path, 'ax', 0o640), path, day, size: 0 };
    await deleteOld();
    return current;
  }

  async function leaveFile(isWhole: boolean): Promise<void> {
    const left = current;
    current = null;
    if (left === null) return;
    await left.handle.close().catch((error: unknown) => onProblem(error, 'a record file could not be closed'));
    if (!isWhole) return;
    const packed = pack(left.path)
      .catch((error: unknown) => onProblem(error, 'a record file could not be packed; it stays as it is'))
      .finally(() => packing.delete(packed));
    packing.add(packed);
  }

  async function deleteOld(): Promise<void> {
    const before = nowMs() - limits().retainMs;
    const files = await listRecordFiles(directory);
    // A file holds what came until the next one began, at most a day later.
    const old = files.filter(({ startedMs, path }) => startedMs + DAY_MS < before && path !== current?.path);
    for (const { path } of old) await rm(path, { force: true });
  }

  return {
    write(line) {
      const size = line.length + 1;
      if (queuedBytes + size > maxQueueBytes) {
        dropped += 1;
        return;
      }
      queue.push(`${line}\n`);
      queuedBytes += size;
    },
    flush,
    pending: () => [...inFlight, ...queue],
    dropped: () => dropped,
    async close() {
      clearInterval(timer);
      await flush();
      const left = current;
      current = null;
      await left?.handle.close();
      await Promise.all(packing);
    },
  };
}

async function pack(path: string): Promise<void> {
  const beside = `${path}.gz.part`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(beside));
  await rename(beside, `${path}.gz`);
  await rm(path);
}

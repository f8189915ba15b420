import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_MS, packRecordFile, tidyRecordFiles } from './keep-files.ts';
import { createLineQueue } from './line-queue.ts';
import { recordFileName } from './record-files.ts';

/** Settings of a sink; `limits` is read at every flush, so that a reload of the policies takes effect. */
export interface SinkOptions {
  readonly directory: string;
  readonly limits: () => { readonly maxFileBytes: number; readonly retainMs: number };
  readonly nowMs: () => number;
  readonly pid: number;
  /** Told when something begins to go wrong, with a static text; not again for every record. */
  readonly onProblem: (error: unknown, text: string) => void;
  readonly flushEveryMs?: number;
  /** Bound of the memory that waiting lines may take. */
  readonly maxQueueBytes?: number;
  readonly maxQueueLines?: number;
}

/** Where records go: lines wait in bounded memory and are written about every second. */
export interface Sink {
  /** Queues a line; false when the queue is full: it is dropped then and counted. Never waits, never throws. */
  readonly write: (line: string) => boolean;
  /** Writes what is queued, if the disk lets it. Never rejects. */
  readonly flush: () => Promise<void>;
  /** Lines that are not on disk yet. */
  readonly pending: () => readonly string[];
  readonly dropped: () => number;
  /** Writes what is queued and closes the file; what cannot be written then is counted as dropped. */
  readonly close: () => Promise<void>;
}

const FLUSH_MS = 1000;
const MAX_QUEUE_BYTES = 32 * 1024 * 1024;
const MAX_QUEUE_LINES = 50_000;
/** So much is written without waiting for the second to end: a burst must not become one long write. */
const EAGER_BYTES = 1024 * 1024;
const TIDY_EVERY_MS = 3_600_000;

interface Current {
  readonly handle: FileHandle;
  readonly path: string;
  readonly day: number;
  size: number;
}

/**
 * Opens a sink of NDJSON files: a new file when one is full or a UTC day begins, full ones packed in the background, old ones deleted. While the disk is
 * full or gone lines wait in memory, then are dropped and counted; no request notices. Effects: files in the folder, one timer.
 */
export function openSink(options: SinkOptions): Sink {
  const { directory, limits, nowMs, pid, onProblem } = options;
  const { maxQueueBytes = MAX_QUEUE_BYTES, maxQueueLines = MAX_QUEUE_LINES } = options;
  const queue = createLineQueue();
  let dropped = 0;
  let isDropping = false;
  let isFailing = false;
  let sequence = 0;
  let tidiedMs = Number.NEGATIVE_INFINITY;
  let current: Current | null = null;
  let writing: Promise<void> | null = null;
  let background: Promise<void> = Promise.resolve();
  const timer = setInterval(tick, options.flushEveryMs ?? FLUSH_MS);
  timer.unref();

  function tick(): void {
    if (writing === null) void flush();
    if (nowMs() - tidiedMs >= TIDY_EVERY_MS) tidy();
  }

  function flush(): Promise<void> {
    if (writing !== null) return writing.then(() => (queue.lines() > 0 && !isFailing ? flush() : undefined));
    writing = writeQueue().finally(() => {
      writing = null;
    });
    return writing;
  }

  async function writeQueue(): Promise<void> {
    try {
      if (current !== null && (current.day !== today() || (await isUnlinked(current)))) await leave(current);
      while (queue.lines() > 0) await writeSome();
      isFailing = false;
    } catch (error) {
      if (!isFailing) onProblem(error, 'decision records cannot be written; they wait in memory, then are dropped');
      isFailing = true;
      await takeBackPart();
    }
  }

  /** Lines leave the queue only when they are on disk. */
  async function writeSome(): Promise<void> {
    const file = current ?? (await begin());
    // A file holds one line at least, whatever its limit.
    const head = queue.head(limits().maxFileBytes - file.size, file.size === 0);
    if (head === null) return await leave(file);
    await file.handle.appendFile(head.bytes);
    file.size += head.bytes.length;
    queue.drop(head);
    isDropping = false;
  }

  async function begin(): Promise<Current> {
    await mkdir(directory, { recursive: true });
    const path = join(directory, recordFileName(nowMs(), pid, sequence++));
    current = { handle: await open(path, 'ax', 0o640), path, day: today(), size: 0 };
    tidy();
    return current;
  }

  async function leave(file: Current): Promise<void> {
    current = null;
    await file.handle.close();
    inBackground(() => (file.size === 0 ? rm(file.path, { force: true }) : packRecordFile(file.path, pid)));
  }

  /** A write that failed may have left a part of a line: the file is cut back, or left for good. */
  async function takeBackPart(): Promise<void> {
    if (current === null) return;
    const file = current;
    try {
      await file.handle.truncate(file.size);
    } catch {
      current = null;
      await file.handle.close().catch(() => undefined);
    }
  }

  function tidy(): void {
    tidiedMs = nowMs();
    const { retainMs } = limits();
    inBackground(() => tidyRecordFiles({ directory, nowMs: tidiedMs, retainMs, pid, current: current?.path ?? null }));
  }

  /** One after the other, so that no file is packed twice and packing takes one thread at most. */
  function inBackground(work: () => Promise<void>): void {
    background = background
      .then(work)
      .catch((error: unknown) => onProblem(error, 'a record file could not be packed or deleted; it stays as it is'));
  }

  function today(): number {
    return Math.floor(nowMs() / DAY_MS);
  }

  return {
    write(line) {
      const size = Buffer.byteLength(line) + 1;
      if (queue.bytes() + size > maxQueueBytes || queue.lines() >= maxQueueLines) {
        dropped += 1;
        if (!isDropping) onProblem(null, 'decision records are dropped: more come than the disk takes');
        isDropping = true;
        return false;
      }
      queue.push(line, size);
      if (queue.bytes() >= EAGER_BYTES && writing === null && !isFailing) void flush();
      return true;
    },
    flush,
    pending: queue.texts,
    dropped: () => dropped,
    async close() {
      clearInterval(timer);
      await flush();
      dropped += queue.lines();
      queue.clear();
      const file = current;
      current = null;
      await file?.handle.close().catch(() => undefined);
      await background;
    },
  };
}

/** Whether somebody removed the file under the writer, as a careless cleaning does: what is written then is lost. */
async function isUnlinked({ handle }: Current): Promise<boolean> {
  return (await handle.stat()).nlink === 0;
}

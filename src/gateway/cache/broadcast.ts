import type { NeutralEvent } from '#core';
import type { Cancellation, StreamEnd, StreamSink } from '#upstream';
import type { ReplyEnd, ReplyStream } from '../reply-stream.ts';

/** One stream for several readers, each at its own pace. */
export interface Broadcast {
  /** Where the provider's stream goes. It is slowed down only while every reader is slow. */
  readonly sink: StreamSink;
  /** Everything has come; readers end when they have taken it. */
  readonly end: (end: StreamEnd) => void;
  /** Whether a new reader still gets everything from the beginning. */
  readonly isWhole: () => boolean;
  /** A seat at the beginning; it is left when the reader's own connection closes. */
  readonly reader: (form: ReplyStream['form'], cancellation: Cancellation) => ReplyStream;
}

interface Batch {
  readonly bytes: Uint8Array | null;
  readonly events: readonly NeutralEvent[];
  readonly size: number;
}

interface Reader {
  /** The number of the next batch. */
  at: number;
  /** Bytes that wait for it. */
  behind: number;
  isFull: boolean;
  readonly sink: StreamSink;
  readonly form: ReplyStream['form'];
  readonly resolve: (end: ReplyEnd) => void;
}

// A reader further behind than this would have the process hold an answer for it alone: its connection is cut, as if it had gone.
const MAX_BEHIND_BYTES = 8 * 1024 * 1024;
// What an event weighs in memory, roughly, beside its text.
const EVENT_BYTES = 96;

/**
 * Creates one. Holds the first `wholeBytes` of the answer for readers who come later, and beyond that only what the slowest reader has not taken, or, while
 * `isAwaited`, all of it up to 8 MiB: somebody has a seat and has not begun to read. A reader who comes when the beginning is gone is cut.
 */
export function createBroadcast(wholeBytes: number, isAwaited: () => boolean): Broadcast {
  const batches: Batch[] = [];
  const readers = new Set<Reader>();
  let first = 0;
  let total = 0;
  let isWhole = true;
  let ended: StreamEnd | null = null;
  let resume: (() => void) | null = null;
  let isWaiting = false;

  function take(batch: Batch): boolean {
    batches.push(batch);
    total += batch.size;
    if (total > wholeBytes) isWhole = false;
    for (const reader of readers) {
      reader.behind += batch.size;
      pump(reader);
      if (reader.behind > MAX_BEHIND_BYTES) leave(reader, { ...CUT, cancelled: true });
    }
    trim();
    isWaiting = readers.size > 0 && [...readers].every(({ isFull }) => isFull);
    return !isWaiting;
  }

  function pump(reader: Reader): void {
    while (!reader.isFull && reader.at < first + batches.length) {
      const batch = batches[reader.at - first];
      if (batch === undefined) break;
      reader.at += 1;
      reader.behind -= batch.size;
      reader.isFull = !write(reader, batch);
    }
    if (ended !== null && reader.at === first + batches.length) leave(reader, endFor(ended));
  }

  function leave(reader: Reader, end: ReplyEnd): void {
    if (!readers.delete(reader)) return;
    reader.resolve(end);
    wake();
  }

  /** The provider goes on as soon as one reader can. */
  function wake(): void {
    if (!isWaiting || [...readers].every(({ isFull }) => isFull)) return;
    isWaiting = false;
    resume?.();
  }

  function trim(): void {
    if (isWhole || (isAwaited() && total <= MAX_BEHIND_BYTES)) return;
    const needed = Math.min(first + batches.length, ...[...readers].map(({ at }) => at));
    if (needed > first) {
      batches.splice(0, needed - first);
      first = needed;
    }
  }

  function reader(form: ReplyStream['form'], cancellation: Cancellation): ReplyStream {
    return {
      form,
      start(sink) {
        const { promise, resolve } = Promise.withResolvers<ReplyEnd>();
        if (first > 0) return Promise.resolve({ ...CUT, cancelled: true });
        const own: Reader = { at: 0, behind: total, isFull: false, sink, form, resolve };
        readers.add(own);
        const forget = cancellation.onCancel(() => leave(own, { ...CUT, cancelled: true }));
        promise.then(forget, forget);
        sink.onDrain(() => {
          if (!readers.has(own)) return;
          own.isFull = false;
          pump(own);
          trim();
          wake();
        });
        if (readers.has(own)) pump(own);
        return promise;
      },
    };
  }

  return {
    sink: {
      bytes: (bytes) => take({ bytes, events: [], size: bytes.length }),
      events: (events) => take({ bytes: null, events, size: weigh(events) }),
      both: (bytes, events) => take({ bytes, events, size: (bytes?.length ?? 0) + weigh(events) }),
      onDrain(next) {
        resume = next;
      },
    },
    end(end) {
      ended = end;
      for (const each of readers) pump(each);
    },
    isWhole: () => isWhole,
    reader,
  };
}

const CUT: ReplyEnd = { finish: null, complete: false, terminator: null, error: null, cancelled: false };

function endFor({ finish, complete, terminator, error, cancelled }: StreamEnd): ReplyEnd {
  return { finish, complete, terminator, error, cancelled };
}

function write({ sink, form }: Reader, { bytes, events }: Batch): boolean {
  if (form === 'events') return events.length === 0 || sink.events(events);
  if (form === 'both' && sink.both !== undefined) return sink.both(bytes, events);
  return bytes === null || sink.bytes(bytes);
}

function weigh(events: readonly NeutralEvent[]): number {
  let size = EVENT_BYTES * events.length;
  for (const event of events) if ('text' in event) size += 2 * event.text.length;
  return size;
}

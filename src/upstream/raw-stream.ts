import type { StreamSink } from './call.ts';
import type { Failure } from './failure.ts';
import type { LiveEnd, LiveStream } from './live-stream.ts';

/** What a raw stream tells whoever made it. */
export interface RawStreamOptions {
  readonly onBytes: (bytes: Uint8Array) => void;
  readonly onPressure: (isFull: boolean) => void;
  readonly onOver: (end: LiveEnd) => void;
}

/** Hands on an answer whose bytes mean nothing to the gateway. Memory: what came before its start, and what a slow sink has not taken yet. */
export function createRawStream(options: RawStreamOptions): LiveStream {
  const held: Uint8Array[] = [];
  let sink: StreamSink | null | undefined;
  let ended: LiveEnd | null = null;
  let isFull = false;
  let isOver = false;

  function push(bytes: Uint8Array): void {
    if (ended !== null) return;
    options.onBytes(bytes);
    if (sink === null) return;
    held.push(bytes);
    flush();
  }

  function flush(): void {
    while (sink !== undefined && !isFull) {
      const bytes = held.shift();
      if (bytes === undefined) break;
      if (sink === null || sink.bytes(bytes)) continue;
      isFull = true;
      options.onPressure(true);
    }
    if (held.length === 0 && ended !== null) over(ended);
  }

  function over(end: LiveEnd): void {
    if (isOver) return;
    isOver = true;
    options.onOver(end);
  }

  function finish(failure: Failure | null): void {
    if (ended !== null) return;
    ended = { failure, terminated: failure === null, terminator: null };
    flush();
  }

  return {
    push,
    end: () => finish(null),
    fail: finish,
    cancel(reason) {
      held.length = 0;
      ended ??= { failure: reason, terminated: false, terminator: null };
      over(ended);
    },
    start(to) {
      sink = to;
      isFull = false;
      to?.onDrain(() => {
        if (!isFull) return;
        isFull = false;
        flush();
        if (!isFull) options.onPressure(false);
      });
      flush();
      if (!isFull) options.onPressure(false);
    },
  };
}

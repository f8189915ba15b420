import { write, writeSync } from 'node:fs';

/** Writes text to a descriptor without making anybody wait. */
export interface LineWriter {
  /** Takes whole lines; false when they were left out, because too much waits already or nobody reads any more. */
  readonly write: (text: string) => boolean;
  /** Writes what waits, now: for the exit of the process. Gives up on a reader that stands still. */
  readonly flushSync: () => void;
}

/** More than this waits for nobody: a reader that stands still must not fill the memory. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
const RETRY_MS = 20;
/** Lines of so long a time go out together: a write of its own costs a line more than its text does. */
const GATHER_MS = 5;
const PATIENCE_MS = 1000;

/**
 * Opens a writer whose writes run beside the work, one at a time. A descriptor that cannot take more (EAGAIN) is tried again, any other error means that
 * nobody reads, and ends the writing, not the process. Effects: writes to the descriptor.
 */
export function openLineWriter(descriptor: number, maxWaitingBytes = MAX_WAITING_BYTES): LineWriter {
  let waiting: string[] = [];
  let waitingBytes = 0;
  let inFlight: Buffer | null = null;
  let inFlightSinceMs = 0;
  let isBroken = false;
  let isGathering = false;

  function gather(): void {
    if (isGathering) return;
    isGathering = true;
    setTimeout(begin, GATHER_MS);
  }

  function begin(): void {
    isGathering = false;
    if (isBroken || waiting.length === 0) return;
    inFlight = Buffer.from(waiting.join(''));
    waiting = [];
    waitingBytes = 0;
    inFlightSinceMs = performance.now();
    attempt(inFlight);
  }

  function attempt(bytes: Buffer): void {
    write(descriptor, bytes, (error, written) => {
      if (error !== null && !isFull(error)) {
        isBroken = true;
        inFlight = null;
        waiting = [];
        return;
      }
      const left = error === null ? bytes.subarray(written) : bytes;
      inFlight = left;
      if (error !== null) setTimeout(attempt, RETRY_MS, left);
      else if (left.length > 0) attempt(left);
      else {
        inFlight = null;
        if (waiting.length > 0) gather();
      }
    });
  }

  return {
    write(text) {
      const size = Buffer.byteLength(text);
      if (isBroken || waitingBytes + size > maxWaitingBytes) return false;
      waiting.push(text);
      waitingBytes += size;
      if (inFlight === null) gather();
      return true;
    },
    flushSync() {
      // What is in flight is completed by its own thread before the process ends.
      if (isBroken || (inFlight !== null && performance.now() - inFlightSinceMs > PATIENCE_MS)) return;
      writeNow(descriptor, Buffer.from(waiting.join('')));
      waiting = [];
      waitingBytes = 0;
    },
  };
}

function writeNow(descriptor: number, bytes: Buffer): void {
  const endMs = performance.now() + PATIENCE_MS;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  let left = bytes;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(descriptor, left));
    } catch (error) {
      if (!isFull(error) || performance.now() > endMs) return;
      Atomics.wait(pause, 0, 0, RETRY_MS);
    }
  }
}

function isFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EAGAIN';
}

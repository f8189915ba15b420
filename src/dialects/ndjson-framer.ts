import type { Framer, SseEvent } from './dialect.ts';
import { SseFrameTooLargeError } from './sse-framer.ts';

const MAX_LINE_BYTES = 32 * 1024 * 1024;
const LF = 0x0a;

/** Creates a framer for lines of JSON (application/x-ndjson): an event a line, blank ones without data; the last may lack its end. */
export function createNdjsonFramer(options: { readonly maxLineBytes?: number } = {}): Framer {
  const maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  const held: Uint8Array[] = [];
  let heldBytes = 0;

  function take(tail: Uint8Array): SseEvent {
    const raw = held.length === 0 ? tail : join([...held, tail], heldBytes + tail.length);
    held.length = 0;
    heldBytes = 0;
    if (raw.length > maxLineBytes) throw new SseFrameTooLargeError(maxLineBytes);
    const data = new TextDecoder().decode(raw).trim();
    return { event: '', data: data === '' ? null : data, raw };
  }

  function push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      events.push(take(bytes.subarray(start, end + 1)));
      start = end + 1;
    }
    if (start < bytes.length) {
      held.push(bytes.subarray(start));
      heldBytes += bytes.length - start;
      if (heldBytes > maxLineBytes) throw new SseFrameTooLargeError(maxLineBytes);
    }
    return events;
  }

  return { push, end: () => (held.length === 0 ? [] : [take(new Uint8Array())]) };
}

function join(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

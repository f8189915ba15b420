import { type AwsMessage, decodeAwsMessage, PRELUDE_BYTES, readPrelude } from './aws-frames.ts';
import type { Framer, SseEvent, StreamFormat } from './dialect.ts';
import { SseFrameTooLargeError } from './sse-framer.ts';

/** Frames of AWS event streams: what Converse streams are made of. */
export const AWS_STREAM: StreamFormat = Object.freeze({
  contentType: 'application/vnd.amazon.eventstream',
  createFramer: () => createAwsFramer(),
});

/** The event of a frame that cannot be read: after it nothing in the stream can be trusted. */
export const CORRUPT_FRAME = ':corrupt';
/** Leads the event of an exception, as in `exception/throttlingException`. */
export const EXCEPTION = 'exception/';

const MAX_FRAME_BYTES = 32 * 1024 * 1024;

/**
 * Creates a framer: each message is one event by its `:event-type`, with the payload as text; exceptions and errors are
 * events of their own. Bytes may be cut anywhere, also inside a length. After a wrong checksum come no more frames.
 */
export function createAwsFramer(options: { readonly maxFrameBytes?: number } = {}): Framer {
  const maxFrameBytes = options.maxFrameBytes ?? MAX_FRAME_BYTES;
  let pieces: Uint8Array[] = [];
  let size = 0;
  /** Length of the frame being read; null until its prelude is whole. */
  let total: number | null = null;
  let isBroken = false;

  function push(bytes: Uint8Array): SseEvent[] {
    if (isBroken || bytes.length === 0) return [];
    pieces.push(bytes);
    size += bytes.length;
    const events: SseEvent[] = [];
    while (!isBroken && size >= (total ?? PRELUDE_BYTES)) {
      const whole = joined();
      total ??= readPrelude(whole.subarray(0, PRELUDE_BYTES));
      if (total !== null && total > maxFrameBytes) throw new SseFrameTooLargeError(maxFrameBytes);
      if (total === null) events.push(corrupt(whole));
      else if (size >= total) events.push(take(whole, total));
      else break;
    }
    return events;
  }

  function joined(): Uint8Array {
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined) return first;
    const whole = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    pieces = [whole];
    return whole;
  }

  function take(whole: Uint8Array, length: number): SseEvent {
    const raw = whole.subarray(0, length);
    const message = decodeAwsMessage(raw);
    if (message === null) return corrupt(whole);
    const rest = whole.subarray(length);
    pieces = rest.length === 0 ? [] : [rest];
    size = rest.length;
    total = null;
    return eventOf(message, raw);
  }

  function corrupt(raw: Uint8Array): SseEvent {
    isBroken = true;
    pieces = [];
    size = 0;
    return { event: CORRUPT_FRAME, data: '', raw };
  }

  /** A frame that the end of the connection cut off is no frame; its bytes are nobody's. */
  return { push, end: () => [] };
}

function eventOf({ headers, payload }: AwsMessage, raw: Uint8Array): SseEvent {
  const data = new TextDecoder().decode(payload);
  switch (headers[':message-type']) {
    case 'exception':
      return { event: `${EXCEPTION}${headers[':exception-type'] ?? ''}`, data, raw };
    case 'error':
      return {
        event: `${EXCEPTION}${headers[':error-code'] ?? ''}`,
        data: JSON.stringify({ message: headers[':error-message'] ?? '' }),
        raw,
      };
    default:
      return { event: headers[':event-type'] ?? '', data, raw };
  }
}

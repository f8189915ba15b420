import type { SseEvent } from './dialect.ts';

/** Cuts a byte stream into server-sent events; keeps at most one unfinished frame. */
export interface SseFramer {
  /** The frames that these bytes complete, in order. Throws SseFrameTooLargeError. */
  readonly push: (bytes: Uint8Array) => SseEvent[];
  /** The rest of the stream as a last frame, when it did not end with a blank line. */
  readonly end: () => SseEvent[];
}

/** A frame grew over the cap before its blank line came: the stream cannot be read on. */
export class SseFrameTooLargeError extends Error {
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`a stream event is larger than ${limitBytes} bytes`);
    this.name = 'SseFrameTooLargeError';
    this.limitBytes = limitBytes;
  }
}

// Generated images travel as one base64 event of several MiB.
const DEFAULT_MAX_FRAME_BYTES = 32 * 1024 * 1024;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Creates a framer after WHATWG HTML §9.2.6 (LF, CRLF, CR and mixtures, BOM at the start), which also keeps every
 * frame's bytes: the `raw` of all frames, one after another, is the input. Differs from a browser in one point: a last
 * frame without its blank line counts, since providers end streams so.
 */
export function createSseFramer(options: { readonly maxFrameBytes?: number } = {}): SseFramer {
  const maxFrameBytes = options.maxFrameBytes ?? DEFAULT_MAX_FRAME_BYTES;
  const held: Uint8Array[] = [];
  let heldBytes = 0;
  let isFirstFrame = true;
  let lineIsEmpty = true;
  /** The last byte was a CR whose LF may still come. */
  let openCr: 'none' | 'line' | 'frame' = 'none';
  /** The line before ended in a CR alone; the frame then ends at its CR without waiting for an LF. */
  let loneCr = false;
  /** Bytes of a BOM seen at the very start; they do not make a line. */
  let bomBytes = 0;

  function take(bytes: Uint8Array, start: number, end: number): SseEvent {
    const tail = bytes.subarray(start, end);
    const raw = held.length === 0 ? tail : join(held, heldBytes, tail);
    if (raw.length > maxFrameBytes) throw new SseFrameTooLargeError(maxFrameBytes);
    held.length = 0;
    heldBytes = 0;
    lineIsEmpty = true;
    const event = parseFrame(raw, isFirstFrame);
    isFirstFrame = false;
    return event;
  }

  function push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    let start = 0;
    let at = 0;
    while (at < bytes.length) {
      const byte = bytes[at];
      if (openCr !== 'none') {
        const endsFrame = openCr === 'frame';
        openCr = 'none';
        loneCr = byte !== LF;
        if (byte === LF) at++;
        if (endsFrame) {
          events.push(take(bytes, start, at));
          start = at;
        }
        lineIsEmpty = true;
        continue;
      }
      at++;
      if (byte === LF) {
        loneCr = false;
        if (lineIsEmpty) {
          events.push(take(bytes, start, at));
          start = at;
        }
        lineIsEmpty = true;
      } else if (byte === CR) {
        if (lineIsEmpty && loneCr) {
          events.push(take(bytes, start, at));
          start = at;
        } else {
          openCr = lineIsEmpty ? 'frame' : 'line';
        }
      } else if (bomBytes >= 0 && byte === BOM[bomBytes]) {
        bomBytes = bomBytes === 2 ? -1 : bomBytes + 1;
      } else {
        bomBytes = -1;
        lineIsEmpty = false;
        loneCr = false;
        at = lineEnd(bytes, at);
      }
    }
    hold(bytes.subarray(start));
    return events;
  }

  function hold(rest: Uint8Array): void {
    if (rest.length === 0) return;
    if (heldBytes + rest.length > maxFrameBytes) throw new SseFrameTooLargeError(maxFrameBytes);
    held.push(rest);
    heldBytes += rest.length;
  }

  function end(): SseEvent[] {
    if (heldBytes === 0) return [];
    openCr = 'none';
    return [take(NO_BYTES, 0, 0)];
  }

  return { push, end };
}

const BOM: readonly number[] = [0xef, 0xbb, 0xbf];
const NO_BYTES = new Uint8Array(0);

function lineEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

function join(held: readonly Uint8Array[], heldBytes: number, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(heldBytes + tail.length);
  let at = 0;
  for (const piece of held) {
    whole.set(piece, at);
    at += piece.length;
  }
  whole.set(tail, at);
  return whole;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

function parseFrame(raw: Uint8Array, isFirst: boolean): SseEvent {
  let text = decoder.decode(raw);
  if (isFirst && text.charCodeAt(0) === 0xfeff) text = text.slice(1);
  let event = '';
  let data: string | null = null;
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) {
      const value = line.slice(line.charCodeAt(5) === 0x20 ? 6 : 5);
      data = data === null ? value : `${data}\n${value}`;
    } else if (line.startsWith('event:')) {
      event = line.slice(line.charCodeAt(6) === 0x20 ? 7 : 6);
    } else if (line === 'data') {
      data = data === null ? '' : `${data}\n`;
    } else if (line === 'event') {
      event = '';
    }
  }
  return { event, data, raw };
}

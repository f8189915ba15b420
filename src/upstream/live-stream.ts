import { GatewayError, isContent, maskSecrets, type NeutralEvent, type StreamError } from '#core';
import { createSseFramer, type Framer, type SseEvent, SseFrameTooLargeError, type StreamReader } from '#dialects';
import type { StreamSink } from './call.ts';
import { type Failure, failure } from './failure.ts';
import { endsFrame, type Skim } from './skim.ts';
import type { StreamAccount } from './stream-account.ts';

/** Reads one upstream stream: frames to events, held back until the first content, then to the sink. */
export interface LiveStream {
  readonly push: (bytes: Uint8Array) => void;
  /** The upstream has sent everything. */
  readonly end: () => void;
  /** The connection failed. */
  readonly fail: (reason: Failure) => void;
  /** The caller is gone: what was not taken yet is dropped, and the stream is over at once. */
  readonly cancel: (reason: Failure) => void;
  /** Hands over what was held and what comes; a null sink throws it away. */
  readonly start: (sink: StreamSink | null) => void;
}

export interface LiveStreamOptions {
  /** Null for server-sent events. */
  readonly framer: Framer | null;
  readonly reader: StreamReader;
  readonly account: StreamAccount;
  readonly form: 'bytes' | 'events' | 'both';
  /** The caller did not ask for the usage event that the gateway asked for (OpenAI). */
  readonly stripUsage: boolean;
  readonly maxPreludeBytes: number;
  /** Lets plain text through unread, with form `bytes`; null to read everything. */
  readonly skim: Skim | null;
  /** The first content is here: from now on no other target may answer. */
  readonly onCommit: () => void;
  /** The sink is slow, or takes more again. */
  readonly onPressure: (isFull: boolean) => void;
  /** The stream is over: before the commit point only with a failure. Called once. */
  readonly onOver: (end: LiveEnd) => void;
}

export interface LiveEnd {
  readonly failure: Failure | null;
  readonly terminated: boolean;
  /** The dialect's own terminator, with form `bytes`: kept back, so that an answer can be settled before its caller takes it for whole. */
  readonly terminator: Uint8Array | null;
}

interface Batch {
  readonly bytes: readonly Uint8Array[];
  readonly events: readonly NeutralEvent[];
}

/** Creates the reader of one stream. Memory: what came before the first content, bounded, and what a slow sink has not taken yet. */
export function createLiveStream(options: LiveStreamOptions): LiveStream {
  const { reader, account, form } = options;
  const framer = options.framer ?? createSseFramer();
  const held: Batch[] = [];
  let heldBytes = 0;
  let isCommitted = false;
  let isOver = false;
  let isFull = false;
  /** Whether the next byte begins a frame. */
  let isAtFrame = true;
  let sink: StreamSink | null | undefined;
  let ended: LiveEnd | null = null;

  function push(bytes: Uint8Array): void {
    if (ended !== null) return;
    const beginsFrame = isAtFrame;
    isAtFrame = endsFrame(bytes);
    if (beginsFrame && isAtFrame && passUnread(bytes)) return;
    try {
      read(framer.push(bytes));
    } catch (error) {
      if (!(error instanceof SseFrameTooLargeError)) throw error;
      fail(
        failure('malformed', 'event-too-large', `The stream holds an event of more than ${error.limitBytes} bytes.`),
      );
    }
  }

  /** Hands plain text on as it came: most of a stream, and the part that must cost least. */
  function passUnread(bytes: Uint8Array): boolean {
    if (options.skim === null || !isCommitted || sink == null || isFull || held.length > 0) return false;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!options.skim(buffer, account.addText)) return false;
    pressOn(sink.bytes(bytes));
    return true;
  }

  /** Reads frames up to the end of the answer; what an upstream sends after it is dropped. */
  function read(frames: readonly SseEvent[]): void {
    const bytes: Uint8Array[] = [];
    const events: NeutralEvent[] = [];
    let over: LiveEnd | null = null;
    for (const frame of frames) {
      const found = reader.push(frame);
      const broken = take(found, events);
      if (broken !== null) {
        over = { failure: broken, terminated: false, terminator: null };
        break;
      }
      if (found.some((event) => event.kind === 'response-end')) {
        over = { failure: null, terminated: true, terminator: form === 'events' ? null : frame.raw };
        break;
      }
      if (form !== 'events' && !(options.stripUsage && isUsageOnly(frame))) bytes.push(frame.raw);
    }
    deliver({ bytes, events });
    if (over !== null) finish(over);
  }

  /** Adds the events that may go on; the failure when one of them is an error. */
  function take(found: readonly NeutralEvent[], events: NeutralEvent[]): Failure | null {
    for (const event of found) {
      if (event.kind === 'error') return failureOf(event.error);
      account.push(event);
      events.push(event);
      if (!isCommitted && opensAnswer(event)) {
        isCommitted = true;
        options.onCommit();
      }
    }
    return null;
  }

  function deliver(batch: Batch): void {
    if (batch.bytes.length === 0 && batch.events.length === 0) return;
    if (sink === null) return;
    if (sink !== undefined && !isFull && held.length === 0) {
      write(sink, batch);
      return;
    }
    held.push(batch);
    if (isCommitted) return;
    heldBytes += batch.bytes.reduce((sum, piece) => sum + piece.length, 64 * batch.events.length);
    if (heldBytes > options.maxPreludeBytes) {
      finish({
        failure: failure('malformed', 'no-content', 'The stream is long and holds no content.'),
        terminated: false,
        terminator: null,
      });
    }
  }

  function write(to: StreamSink, { bytes, events }: Batch): void {
    const frames = bytes.length === 0 ? null : joined(bytes);
    if (form === 'events') pressOn(to.events(events));
    else if (form === 'both' && to.both !== undefined) pressOn(to.both(frames, events));
    else pressOn(frames === null || to.bytes(frames));
  }

  function pressOn(hasRoom: boolean): void {
    if (hasRoom || isFull) return;
    isFull = true;
    options.onPressure(true);
  }

  function flush(): void {
    while (sink !== undefined && !isFull) {
      const batch = held.shift();
      if (batch === undefined) break;
      if (sink !== null) write(sink, batch);
    }
    if (held.length === 0 && ended !== null && !isOver) {
      isOver = true;
      options.onOver(ended);
    }
  }

  function finish(how: LiveEnd): void {
    if (ended !== null) return;
    ended = how;
    // Before the commit point nobody will start the stream: the failure is the answer.
    if (!isCommitted) {
      isOver = true;
      held.length = 0;
      options.onOver(how.failure === null ? { ...how, failure: EMPTY } : how);
    } else {
      flush();
    }
  }

  function end(): void {
    if (ended !== null) return;
    read(options.framer === null ? framer.end().map(closed) : framer.end());
    if (ended === null) conclude(CUT);
  }

  /**
   * No more bytes will come. An answer that was already whole, but for its terminator or the connection's end, is whole;
   * else the reason is why it is not.
   */
  function conclude(reason: Failure): void {
    const events: NeutralEvent[] = [];
    const broken = take(reader.end(), events);
    deliver({ bytes: [], events });
    const isWhole = events.some((event) => event.kind === 'response-end');
    finish({
      failure: isWhole ? null : reason === CUT ? (broken ?? CUT) : reason,
      terminated: false,
      terminator: null,
    });
  }

  function fail(reason: Failure): void {
    if (ended === null) conclude(reason);
  }

  function cancel(reason: Failure): void {
    if (isOver) return;
    held.length = 0;
    ended ??= { failure: reason, terminated: false, terminator: null };
    isOver = true;
    options.onOver(ended);
  }

  function start(to: StreamSink | null): void {
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
  }

  return { push, end, fail, cancel, start };
}

const EMPTY: Failure = failure('malformed', 'empty', 'The stream ended without any content.');
const CUT: Failure = failure('stream-error', 'incomplete', 'The stream ended before the answer did.');
const BLANK_LINE = new Uint8Array([0x0a, 0x0a]);

/** An empty delta is no content yet: some providers begin a stream with one, then fail. */
function opensAnswer(event: NeutralEvent): boolean {
  if ('text' in event && event.text === '') return false;
  return isContent(event) && !('arguments' in event && event.arguments === '');
}

/** OpenAI's last chunk, with `choices: []`: usage on a chunk with choices stays, since dropping it would drop content. */
function isUsageOnly({ data }: SseEvent): boolean {
  return data?.includes('"usage"') === true && /"choices"\s*:\s*\[\s*\]/.test(data) && /"usage"\s*:\s*\{/.test(data);
}

/** A frame that the end of the connection cut off before its blank line would never reach the caller's parser. */
function closed(frame: SseEvent): SseEvent {
  return { ...frame, raw: joined([frame.raw, BLANK_LINE]) };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces);
}

function failureOf(error: StreamError): Failure {
  return {
    reason: error.reason,
    status: error.status ?? null,
    code: error.code ?? null,
    message: error.message,
    retryAfterMs: error.retryAfterMs ?? null,
    noRetry: false,
  };
}

/** The error that ends a stream already begun. Pure. */
export function interrupted(target: string, reason: Failure): GatewayError {
  const message = `The stream of ${target} broke after it had begun (${reason.reason}): ${maskSecrets(reason.message)}`;
  return new GatewayError('stream_interrupted', message, {
    ...(reason.retryAfterMs === null ? {} : { retryAfterMs: reason.retryAfterMs }),
  });
}

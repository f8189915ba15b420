import { isObject, type NeutralEvent, type NeutralResponse } from '#core';
import { collectEvents, responseEvents } from '#dialects';
import type { AttemptResult } from './attempt-result.ts';
import type { StreamSink } from './call.ts';
import { type Failure, failure } from './failure.ts';
import { flatHeaders, returnedHeaders } from './headers.ts';
import { createLiveStream, type LiveEnd, type LiveStream } from './live-stream.ts';
import type { AnswerDialect } from './prepare.ts';
import { createRawStream } from './raw-stream.ts';
import { countService, createRawAccount, type ServiceAnswer } from './service-answer.ts';
import { skimOf } from './skim.ts';
import { sniffBody } from './sniff.ts';
import { type CallSize, type Counted, countResponse, createStreamAccount } from './stream-account.ts';
import type { Timer, TimerWheel } from './timer-wheel.ts';
import type { ResponseHeaders, Send, SendRequest } from './transport.ts';

export interface AttemptOptions {
  readonly send: Send;
  readonly wheel: TimerWheel;
  readonly request: SendRequest;
  readonly dialect: AnswerDialect;
  /** What the caller asked for. */
  readonly wantsStream: boolean;
  readonly form: 'bytes' | 'events' | 'both';
  readonly stripUsage: boolean;
  /** How the answer is read where it is no chat's. */
  readonly service: ServiceAnswer | null;
  readonly size: CallSize;
  readonly maxBodyBytes: number;
  /** The first content is here, or the whole answer. */
  readonly onFirstToken: () => void;
}

export interface AttemptRun {
  readonly result: Promise<AttemptResult>;
  /** Ends the call. Before the commit point the result is `failed` with reason `cancelled`, after it the stream is over with it. */
  readonly cancel: () => void;
}

const MAX_ERROR_BYTES = 256 * 1024;
const MAX_PRELUDE_BYTES = 1024 * 1024;
// After the terminator the connection's end is awaited so long, so that it can be used again.
const LINGER_MS = 1000;
const CANCELLED = failure('cancelled', null, 'The client hung up.');
const EMPTY = failure('malformed', 'empty', 'The answer is empty.');
const HTML = failure('malformed', 'html', 'The answer is an HTML page.');
const UNKNOWN = failure('malformed', 'not-json', 'The answer is neither JSON nor an event stream.');

/** Makes one call and reads its answer up to the commit point: a whole body, or a stream's first content. */
export function runAttempt(options: AttemptOptions): AttemptRun {
  const { dialect, wantsStream } = options;
  const account = createStreamAccount(options.size);
  const outcome = Promise.withResolvers<AttemptResult>();
  const streamOver = Promise.withResolvers<LiveEnd>();
  const pieces: Uint8Array[] = [];
  let size = 0;
  let status = 0;
  let headers: ResponseHeaders = {};
  let mode: 'undecided' | 'error' | 'json' | 'sse' | 'over' = 'undecided';
  let live: LiveStream | null = null;
  let lingering: Timer | null = null;
  const call = options.send(options.request, {
    onConnected: () => undefined,
    onHead,
    onData: (bytes) => guard(() => onData(bytes)),
    onEnd: () => guard(onEnd),
    onFailed: (reason) => guard(() => onFailed(reason)),
  });

  /** An answer so odd that reading it throws must not leave its caller waiting: it is malformed, and another target may do better. */
  function guard(react: () => void): void {
    try {
      react();
    } catch (error) {
      const name = error instanceof Error ? error.name : 'error';
      const unreadable = failure('malformed', 'unreadable', `The answer could not be read (${name}).`);
      if (live === null) fail(unreadable);
      else live.cancel(unreadable);
    }
  }

  function onHead(received: number, all: ResponseHeaders): void {
    status = received;
    headers = all;
    if (status >= 300 && status < 400) {
      fail({ ...failure('malformed', 'redirect', 'The provider redirects; redirects are not followed.'), status });
    } else if (status < 200 || status >= 300) mode = 'error';
  }

  function onData(bytes: Uint8Array): void {
    if (mode === 'over') return;
    if (live !== null) {
      live.push(bytes);
      return;
    }
    pieces.push(bytes);
    size += bytes.length;
    if (mode === 'undecided') decide();
    if (mode === 'undecided' && live === null && size > MAX_PRELUDE_BYTES) fail(UNKNOWN);
    if (mode === 'json' && size > options.maxBodyBytes) {
      fail(failure('malformed', 'too-large', `The answer is larger than ${options.maxBodyBytes} bytes.`));
    }
    // What goes beyond is no error message anybody reads.
    if (mode === 'error' && size > MAX_ERROR_BYTES) onEnd();
  }

  function decide(): void {
    const head = joinPieces();
    if (options.service?.mayBeRaw === true && isRaw(head)) {
      readRaw(options.service, head);
      return;
    }
    const kind = isOwnFormat() ? 'sse' : sniffBody(head);
    if (kind === 'html') fail(HTML);
    else if (kind === 'sse' && options.service === null) readStream(head);
    else if (kind === 'unknown' || kind === 'sse') fail(UNKNOWN);
    else if (kind === 'json') mode = 'json';
  }

  /** A stream of the dialect's own framing is told by its content type: its first bytes may look like anything. */
  function isOwnFormat(): boolean {
    const type = String(headers['content-type'] ?? '').split(';')[0];
    return dialect.streamFormat !== undefined && type?.trim().toLowerCase() === dialect.streamFormat.contentType;
  }

  function joinPieces(): Uint8Array {
    const [first] = pieces;
    if (pieces.length === 1 && first !== undefined) return first;
    const whole = Buffer.concat(pieces, size);
    pieces.splice(0, pieces.length, whole);
    return whole;
  }

  function onEnd(): void {
    lingering?.cancel();
    if (mode === 'over') return;
    if (live !== null) live.end();
    else if (mode === 'error') failFromBody();
    else if (mode === 'json') readWhole();
    else fail(EMPTY);
  }

  function onFailed(reason: Failure): void {
    lingering?.cancel();
    if (live !== null) live.fail(reason);
    else fail(reason);
  }

  function fail(reason: Failure): void {
    if (mode === 'over') return;
    mode = 'over';
    call.abort();
    const counted = account.reported() === null ? null : account.total(false);
    const known = status === 0 ? null : status;
    outcome.resolve({
      kind: 'failed',
      failure: reason.status === null ? { ...reason, status: known } : reason,
      headers: returnedHeaders(headers),
      counted,
    });
  }

  function failFromBody(): void {
    const text = Buffer.concat(pieces, size).toString('utf8');
    const read = dialect.readError(status, flatHeaders(headers), text);
    fail({ ...read, status });
  }

  function readWhole(): void {
    const bytes = joinPieces();
    let body: unknown;
    try {
      body = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
    } catch {
      fail(failure('malformed', 'invalid-json', 'The answer is not valid JSON.'));
      return;
    }
    if (options.service !== null) {
      readService(options.service, bytes, body);
      return;
    }
    const response = dialect.readResponse(body);
    if ('reason' in response) {
      const { reason, code = null, message, retryAfterMs = null } = response;
      fail({ reason, code, message, retryAfterMs, status: response.status ?? status, noRetry: false });
      return;
    }
    answer(bytes, response, countResponse(response, options.size));
  }

  /** Sound, subtitles, events: whatever calls itself neither JSON nor a page. */
  function isRaw(head: Uint8Array): boolean {
    const type = String(headers['content-type'] ?? '').toLowerCase();
    if (type.startsWith('application/json') || type.startsWith('text/html')) return false;
    return sniffBody(head) !== 'html';
  }

  /** From the first byte on nothing else can answer: what it is worth only its reader knows. */
  function readRaw(service: ServiceAnswer, head: Uint8Array): void {
    mode = 'sse';
    pieces.length = 0;
    const contentType = String(headers['content-type'] ?? 'application/octet-stream');
    const counting = createRawAccount(service, contentType.startsWith('text/event-stream'));
    const started = createRawStream({
      onBytes: counting.bytes,
      onPressure: (isFull) => (isFull ? call.pause() : call.resume()),
      onOver(end) {
        if (end.failure !== null) call.abort();
        streamOver.resolve(end);
      },
    });
    live = started;
    call.firstToken();
    options.onFirstToken();
    started.push(head);
    call.pause();
    const own = returnedHeaders(headers);
    const over = streamOver.promise;
    outcome.resolve({
      kind: 'stream',
      status,
      headers: own,
      form: 'bytes',
      contentType,
      live: started,
      account: counting,
      over,
    });
  }

  /** An endpoint that is no chat: any JSON object that is not an error. */
  function readService(service: ServiceAnswer, bytes: Uint8Array, body: unknown): void {
    if (isObject(body) && isObject(body.error)) {
      fail({ ...dialect.readError(500, {}, JSON.stringify(body)), status });
      return;
    }
    const response = service.readResponse(body, flatHeaders(headers));
    if ('reason' in response) {
      const { reason, code = null, message, retryAfterMs = null } = response;
      fail({ reason, code, message, retryAfterMs, status: response.status ?? status, noRetry: false });
      return;
    }
    mode = 'over';
    options.onFirstToken();
    const images = response.kind === 'as-is' && response.images > 0 ? response.images : undefined;
    const searchUnits = response.kind === 'rerank' ? response.searchUnits : undefined;
    outcome.resolve({
      kind: 'json',
      status,
      headers: returnedHeaders(headers),
      bytes: options.form === 'events' ? null : bytes,
      response: null,
      serviceResponse: response,
      counted: countService(service, response.usage, images ?? searchUnits),
      pieces: { ...(images === undefined ? {} : { images }), ...(searchUnits === undefined ? {} : { searchUnits }) },
    });
  }

  function answer(bytes: Uint8Array | null, response: NeutralResponse | null, counted: Counted): void {
    mode = 'over';
    options.onFirstToken();
    const own = returnedHeaders(headers);
    if (!wantsStream || response === null) {
      outcome.resolve({
        kind: 'json',
        status,
        headers: own,
        bytes: options.form === 'events' && response !== null ? null : bytes,
        response,
        serviceResponse: null,
        counted,
        pieces: {},
      });
      return;
    }
    const events = responseEvents(response);
    for (const event of events) account.push(event);
    const played = playEvents(events, streamOver.resolve);
    outcome.resolve({
      kind: 'stream',
      status,
      headers: own,
      form: 'events',
      contentType: null,
      live: played,
      account,
      over: streamOver.promise,
    });
  }

  function readStream(head: Uint8Array): void {
    mode = 'sse';
    pieces.length = 0;
    const collector = wantsStream ? null : collectEvents();
    let isCommitted = false;
    const started = createLiveStream({
      framer: dialect.streamFormat?.createFramer() ?? null,
      reader: dialect.createStreamReader(),
      account,
      form: wantsStream ? options.form : 'events',
      stripUsage: options.stripUsage,
      maxPreludeBytes: MAX_PRELUDE_BYTES,
      skim: wantsStream && options.form === 'bytes' ? skimOf(dialect.name) : null,
      onCommit() {
        isCommitted = true;
        call.firstToken();
        options.onFirstToken();
        if (collector === null) commit(started);
      },
      onPressure: (isFull) => (isFull ? call.pause() : call.resume()),
      onOver(end) {
        if (end.terminated) lingering = options.wheel.schedule(LINGER_MS, call.abort);
        if (collector !== null && isCommitted) finishCollected(end, collector);
        else if (isCommitted) {
          if (end.failure !== null) call.abort();
          streamOver.resolve(end);
        } else fail(end.failure ?? EMPTY);
      },
    });
    live = started;
    // Nothing has gone to a caller who asked for JSON: whatever happens later may still fall back.
    if (collector !== null) started.start(collectingSink(collector.push));
    started.push(head);
  }

  function commit(started: LiveStream): void {
    call.pause();
    outcome.resolve({
      kind: 'stream',
      status,
      headers: returnedHeaders(headers),
      form: options.form,
      contentType: null,
      live: started,
      account,
      over: streamOver.promise,
    });
  }

  function finishCollected(end: LiveEnd, collector: ReturnType<typeof collectEvents>): void {
    if (mode === 'over') return;
    const response = collector.result();
    if (end.failure !== null || 'reason' in response) fail(end.failure ?? UNKNOWN);
    else {
      mode = 'over';
      const counted = account.total(true);
      outcome.resolve({
        kind: 'json',
        status,
        headers: returnedHeaders(headers),
        bytes: null,
        response,
        serviceResponse: null,
        counted,
        pieces: {},
      });
    }
  }

  function cancel(): void {
    if (live !== null) live.cancel(CANCELLED);
    else fail(CANCELLED);
    call.abort();
  }

  return { result: outcome.promise, cancel };
}

function collectingSink(push: (event: NeutralEvent) => void): StreamSink {
  return {
    bytes: () => true,
    events(events) {
      for (const event of events) push(event);
      return true;
    },
    onDrain: () => undefined,
  };
}

/** A whole answer handed out as a stream. */
function playEvents(events: readonly NeutralEvent[], over: (end: LiveEnd) => void): Pick<LiveStream, 'start'> {
  return {
    start(sink) {
      sink?.events(events);
      over({ failure: null, terminated: true, terminator: null });
    },
  };
}

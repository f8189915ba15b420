import type { NeutralResponse } from '#core';
import { collectEvents, responseEvents } from '#dialects';
import type { AttemptResult } from './attempt-result.ts';
import { type Failure, failure } from './failure.ts';
import { returnedHeaders } from './headers.ts';
import { createLiveStream, type LiveEnd, type LiveStream } from './live-stream.ts';
import { collectingSink, playEvents } from './play-answer.ts';
import { createRawStream } from './raw-stream.ts';
import { createRawAccount, type ServiceAnswer } from './service-answer.ts';
import { skimOf } from './skim.ts';
import { sniffBody } from './sniff.ts';
import { createStreamAccount } from './stream-account.ts';
import type { Timer, TimerWheel } from './timer-wheel.ts';
import type { ResponseHeaders, Send, SendRequest } from './transport.ts';
import { type AnswerReader, readErrorBody, readWholeAnswer, type WholeAnswer } from './whole-answer.ts';

export interface AttemptOptions extends AnswerReader {
  readonly send: Send;
  readonly wheel: TimerWheel;
  readonly request: SendRequest;
  /** What the caller asked for. */
  readonly wantsStream: boolean;
  readonly form: 'bytes' | 'events' | 'both';
  readonly stripUsage: boolean;
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
    else if (mode === 'error') fail(readErrorBody(dialect, { status, headers, bytes: joinPieces() }));
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

  function readWhole(): void {
    const read = readWholeAnswer(options, { status, headers, bytes: joinPieces() });
    if ('failure' in read) {
      fail(read.failure);
      return;
    }
    options.onFirstToken();
    if (wantsStream && read.response !== null) playWhole(read.response);
    else resolveJson(read, options.form === 'events' ? null : joinPieces());
  }

  function resolveJson(answer: WholeAnswer, bytes: Uint8Array | null): void {
    mode = 'over';
    outcome.resolve({ kind: 'json', status, headers: returnedHeaders(headers), bytes, ...answer });
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
    const own = { status, headers: returnedHeaders(headers) };
    const over = streamOver.promise;
    outcome.resolve({ kind: 'stream', ...own, form: 'bytes', contentType, live: started, account: counting, over });
  }

  /** A whole answer for a caller who asked for a stream. */
  function playWhole(response: NeutralResponse): void {
    mode = 'over';
    const events = responseEvents(response);
    for (const event of events) account.push(event);
    resolveStream('events', playEvents(events, streamOver.resolve));
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
    resolveStream(options.form, started);
  }

  function resolveStream(form: AttemptOptions['form'], played: Pick<LiveStream, 'start'>): void {
    const own = { status, headers: returnedHeaders(headers) };
    const over = streamOver.promise;
    outcome.resolve({ kind: 'stream', ...own, form, contentType: null, live: played, account, over });
  }

  function finishCollected(end: LiveEnd, collector: ReturnType<typeof collectEvents>): void {
    if (mode === 'over') return;
    const response = collector.result();
    if (end.failure !== null || 'reason' in response) fail(end.failure ?? UNKNOWN);
    else resolveJson({ response, serviceResponse: null, counted: account.total(true), pieces: {} }, null);
  }

  function cancel(): void {
    if (live !== null) live.cancel(CANCELLED);
    else fail(CANCELLED);
    call.abort();
  }

  return { result: outcome.promise, cancel };
}

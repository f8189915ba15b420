import { type Dispatcher, Pool } from 'undici';
import type { Reach } from '#network';
import { createConnector } from './connector.ts';
import { createDecoder, type Decoder } from './decode.ts';
import { failure, failureOfError } from './failure.ts';
import type { ResponseHeaders, Send, SendCall, SendObserver, SendRequest } from './transport.ts';

/** HTTP to providers: one pool of warm connections per origin. */
export interface HttpClient {
  readonly send: Send;
  /** Number of origins with a pool. */
  readonly pools: () => number;
  /** Closes every connection; calls in flight fail. */
  readonly close: () => Promise<void>;
}

export interface HttpClientOptions {
  /** Calls at the same time per origin; more wait for a connection, within their connect timeout. */
  readonly connectionsPerOrigin?: number;
  readonly keepAliveMs?: number;
  /** Origins with a pool; the least used idle one goes first. */
  readonly maxOrigins?: number;
  /** For private certificate authorities. */
  readonly ca?: string;
  /** Where names may lead. */
  readonly reach: Reach;
}

/**
 * Creates the client. Redirects are not followed: a provider's key must not travel to an address no policy names.
 * HTTP/1.1 only, one request at a time per connection: a reset then hurts one call and not all of them.
 * Uses `dispatch` with a handler object, which costs a fifth of the CPU of `fetch`.
 */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const maxOrigins = options.maxOrigins ?? 256;
  /** In order of last use. */
  const pools = new Map<string, Pool>();
  let reachVersion = options.reach.version();
  const connector = createConnector({
    // The wheel keeps the times; this one only ends attempts to connect that nobody waits for any more.
    timeout: 30_000,
    allowH2: false,
    lookup: options.reach.lookup,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
  });

  function poolOf(origin: string): Pool {
    if (reachVersion !== options.reach.version()) leavePools();
    const known = pools.get(origin);
    if (known !== undefined) {
      if (pools.size > 1) {
        pools.delete(origin);
        pools.set(origin, known);
      }
      return known;
    }
    if (pools.size >= maxOrigins) dropIdlePool();
    const pool = new Pool(origin, {
      connections: options.connectionsPerOrigin ?? 1024,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: options.keepAliveMs ?? 15_000,
      keepAliveMaxTimeout: 60_000,
      connect: connector.connect,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    pools.set(origin, pool);
    return pool;
  }

  /** Names may lead elsewhere now: calls under way go on, later ones make connections of their own. */
  function leavePools(): void {
    reachVersion = options.reach.version();
    for (const pool of pools.values()) pool.close().catch(() => undefined);
    pools.clear();
  }

  function dropIdlePool(): void {
    for (const [origin, pool] of pools) {
      if (pool.stats.running + pool.stats.pending + pool.stats.queued > 0) continue;
      pools.delete(origin);
      pool.close().catch(() => undefined);
      return;
    }
  }

  function send(request: SendRequest, observer: SendObserver): SendCall {
    const handler = new ResponseHandler(observer);
    try {
      const { path, body } = request;
      const isSource = 'open' in body;
      const headers = isSource ? [...request.headers, 'content-length', String(body.sizeBytes)] : request.headers;
      const bytes = isSource ? body.open() : body;
      poolOf(request.origin).dispatch({ method: 'POST', path, headers: headers as string[], body: bytes }, handler);
    } catch (error) {
      handler.onResponseError(null, error as Error);
    }
    handler.sent();
    return handler;
  }

  async function close(): Promise<void> {
    const open = [...pools.values()];
    pools.clear();
    const closing = open.map((pool) => pool.destroy());
    connector.abandon();
    await Promise.all(closing);
  }

  return { send, pools: () => pools.size, close };
}

/** Undici's side of one call. A class because undici calls methods on it and a call has a life. */
class ResponseHandler implements Dispatcher.DispatchHandler, SendCall {
  readonly #observer: SendObserver;
  #controller: Dispatcher.DispatchController | null = null;
  #decoder: Decoder | null = null;
  #isSent = false;
  #isOver = false;
  #isPaused = false;

  constructor(observer: SendObserver) {
    this.#observer = observer;
  }

  /** From now on the observer may be told anything: `send` is about to return. */
  sent(): void {
    this.#isSent = true;
  }

  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#decoder?.destroy();
    // A call still waiting for its connection has no controller; it is ended when it gets one.
    this.#controller?.abort(ABORTED);
  }

  pause(): void {
    this.#isPaused = true;
    this.#decoder?.pause();
    this.#controller?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#decoder?.resume();
    if (this.#decoder?.isFull() !== true) this.#controller?.resume();
  }

  firstToken(): void {}

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(ABORTED);
    else this.#observer.onConnected();
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: ResponseHeaders): void {
    if (this.#isOver || status < 200) return;
    this.#observer.onHead(status, headers);
    const encoding = headers['content-encoding'];
    if (this.#isOver || encoding === undefined || encoding === 'identity') return;
    this.#decoder = createDecoder(String(encoding), {
      onData: (bytes) => this.#isOver || this.#observer.onData(bytes),
      onEnd: () => this.#finish(),
      onError: () => this.#fail(failure('malformed', 'content-encoding', `The answer is no valid ${encoding}.`)),
      onDrain: () => this.#isPaused || controller.resume(),
    });
    if (this.#decoder !== null) return;
    this.#fail(
      failure('malformed', 'content-encoding', `The answer is encoded as ${encoding}, which nobody asked for.`),
    );
    controller.abort(ABORTED);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver || chunk.length === 0) return;
    if (this.#decoder === null) this.#observer.onData(chunk);
    else if (!this.#decoder.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#decoder === null) this.#finish();
    else this.#decoder.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    // Undici refuses what cannot be sent (a header with a line feed, say) before `dispatch` returns.
    if (this.#isSent) this.#fail(failureOfError(error));
    else queueMicrotask(() => this.#fail(failureOfError(error)));
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#observer.onEnd();
  }

  #fail(reason: ReturnType<typeof failure>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#decoder?.destroy();
    this.#observer.onFailed(reason);
  }
}

const ABORTED = new Error('The gateway ended the call.');

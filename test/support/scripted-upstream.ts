import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** One piece of an answer's body: bytes, or something that happens between them. */
export type Chunk =
  | string
  | Uint8Array
  /** Waits for the promise, which the test resolves: no sleeping. */
  | { readonly wait: Promise<unknown> }
  | { readonly delayMs: number }
  /** Cuts the TCP connection with a reset. */
  | 'reset'
  /** Ends the connection in the middle of the body, without its end. */
  | 'cut'
  /** Never says another word. */
  | 'hang';

/** What the server does with one request; without anything it answers 200 with an empty body. */
export interface Script {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** A string or bytes as they are; anything else as JSON. */
  readonly body?: unknown;
  /** A streamed body, written piece by piece, in place of `body`. */
  readonly chunks?: readonly Chunk[];
  /** Before the headers. */
  readonly before?: 'reset' | 'hang' | { readonly wait: Promise<unknown> } | { readonly delayMs: number };
}

/** A script, or a function that writes one for the request. */
export type Answer = Script | ((request: SeenRequest) => Script | Promise<Script>);

export interface SeenRequest {
  readonly method: string;
  /** With query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  /** The body as JSON; null when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
  readonly json: any;
}

/** A real HTTP server that plays a script per request, and tells what it saw. */
export interface ScriptedUpstream {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Plays these for the next requests, in order; then goes on with `otherwise`. */
  readonly enqueue: (...answers: readonly Answer[]) => void;
  /** Answers every request for which nothing is queued. */
  readonly otherwise: (answer: Answer) => void;
  /** Calls whose connection went away before their answer was complete. */
  readonly aborted: () => number;
  /** Resolves when so many calls have been aborted. */
  readonly whenAborted: (count: number) => Promise<void>;
  /** Resolves when so many requests have been received whole. */
  readonly whenRequested: (count: number) => Promise<void>;
  /** Bytes of bodies handed to the operating system so far: to see that a slow reader slows the sender. */
  readonly bytesWritten: () => number;
  /** Connections open now, and all that were ever made. */
  readonly connections: () => { readonly open: number; readonly total: number };
  readonly close: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export interface ScriptedUpstreamOptions {
  /** Makes it an HTTPS server. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** Starts the server on a free port. */
export async function startScriptedUpstream(options: ScriptedUpstreamOptions = {}): Promise<ScriptedUpstream> {
  const queue: Answer[] = [];
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const waiters: { readonly isMet: () => boolean; readonly resolve: () => void }[] = [];
  let fallback: Answer = { status: 500, body: { error: { message: 'nothing is scripted for this request' } } };
  let aborted = 0;
  let written = 0;
  let connections = 0;

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const server: Server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    response.once('close', () => {
      if (response.writableFinished) return;
      aborted += 1;
      notify();
    });
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const seen = seenRequest(request, Buffer.concat(parts));
    requests.push(seen);
    notify();
    const answer = queue.shift() ?? fallback;
    await play(typeof answer === 'function' ? await answer(seen) : answer, response);
  }

  async function play(script: Script, response: ServerResponse): Promise<void> {
    const { before } = script;
    if (before === 'hang') return;
    if (before === 'reset') return reset(response);
    if (before !== undefined) await pauseFor(before);
    const body = script.chunks === undefined ? bodyBytes(script.body) : undefined;
    response.writeHead(script.status ?? 200, {
      'content-type': script.chunks === undefined ? 'application/json' : 'text/event-stream',
      ...(body === undefined ? {} : { 'content-length': String(body.length) }),
      ...(script.headers as Record<string, string | string[]>),
    });
    if (body !== undefined) {
      response.end(body);
      return;
    }
    response.flushHeaders();
    for (const chunk of script.chunks ?? []) {
      if (response.destroyed || chunk === 'hang') return;
      if (chunk === 'reset') return reset(response);
      if (chunk === 'cut') {
        response.socket?.end();
        return;
      }
      if (typeof chunk === 'string' || chunk instanceof Uint8Array) await write(response, Buffer.from(chunk as string));
      else await pauseFor(chunk);
    }
    response.end();
  }

  /** Resolves once the operating system has the bytes, or the connection is gone. */
  function write(response: ServerResponse, bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      response.write(bytes, (error) => {
        if (!error) written += bytes.length;
        resolve();
      });
    });
  }

  function notify(): void {
    for (const waiter of waiters) if (waiter.isMet()) waiter.resolve();
  }

  function when(isMet: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      waiters.push({ isMet, resolve });
      notify();
    });
  }

  async function close(): Promise<void> {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://${options.tls ? 'localhost' : '127.0.0.1'}:${port}`,
    requests,
    enqueue: (...answers) => queue.push(...answers),
    otherwise(answer) {
      fallback = answer;
    },
    aborted: () => aborted,
    whenAborted: (count) => when(() => aborted >= count),
    whenRequested: (count) => when(() => requests.length >= count),
    bytesWritten: () => written,
    connections: () => ({ open: sockets.size, total: connections }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function reset(response: ServerResponse): void {
  response.socket?.resetAndDestroy();
}

async function pauseFor(pause: { readonly wait: Promise<unknown> } | { readonly delayMs: number }): Promise<void> {
  if ('wait' in pause) await pause.wait;
  else await new Promise((resolve) => setTimeout(resolve, pause.delayMs));
}

function bodyBytes(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body as string);
  return Buffer.from(JSON.stringify(body));
}

function seenRequest(request: IncomingMessage, bytes: Buffer): SeenRequest {
  let json: unknown = null;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    json = null;
  }
  return { method: request.method ?? '', path: request.url ?? '', headers: request.headers, bytes, json };
}

/** An event stream's frames: each item one `data:` frame, strings as they are, anything else as JSON. */
export function sse(...items: readonly unknown[]): string[] {
  return items.map((item) => `data: ${typeof item === 'string' ? item : JSON.stringify(item)}\n\n`);
}

/** A whole OpenAI chat answer. */
export function chatAnswer(text: string, fields: Readonly<Record<string, unknown>> = {}): Script {
  return {
    body: {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_767_225_600,
      model: 'gpt-4o-2024-11-20',
      choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop', logprobs: null }],
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
      ...fields,
    },
  };
}

/** One chunk of an OpenAI chat stream. */
export function chatChunk(delta: Readonly<Record<string, unknown>>, finish: string | null = null): unknown {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_767_225_600,
    model: 'gpt-4o-2024-11-20',
    choices: [{ index: 0, delta, finish_reason: finish }],
  };
}

/** The last chunk of an OpenAI chat stream when usage was asked for. */
export const usageChunk: unknown = {
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_767_225_600,
  model: 'gpt-4o-2024-11-20',
  choices: [],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
};

/** The frames of a whole OpenAI chat stream that says these words. */
export function chatFrames(...words: readonly string[]): string[] {
  const deltas = words.map((word) => chatChunk({ content: word }));
  return sse(chatChunk({ role: 'assistant', content: '' }), ...deltas, chatChunk({}, 'stop'), usageChunk, '[DONE]');
}

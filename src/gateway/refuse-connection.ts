import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { GatewayError } from '#core';

/** Why Node gave a connection up: its code, and the bytes that it could not read. */
export interface ConnectionError extends Error {
  readonly code?: string;
  /** A Buffer, where there are bytes. */
  readonly rawPacket?: unknown;
}

/** Ends connections that do not speak HTTP, speak too slowly, or too much. */
export interface ConnectionRefusals {
  /** To be told of every request, as its connection may have to wait for the answer. */
  readonly began: (reply: ServerResponse) => void;
  readonly refuse: (error: ConnectionError, socket: Socket) => void;
}

// Bytes that are still under way would otherwise make the system reset the connection, and the answer would be lost with it.
const LINGER_MS = 2000;

/**
 * Answers what is no request, once for a connection, and closes it. A connection on which an answer is under way is never written to: a second request that is
 * broken would else put its refusal into the middle of a running stream. It closes when that answer is complete. `write` makes the whole answer out of the
 * error and, where it is known, the path. Effects: the sockets.
 */
export function createRefusals(write: (error: GatewayError, path: string) => string): ConnectionRefusals {
  const replies = new WeakMap<Socket, readonly ServerResponse[]>();
  const refused = new WeakSet<Socket>();

  function began(reply: ServerResponse): void {
    const { socket } = reply.req;
    const open = replies.get(socket);
    const last = open?.at(-1);
    // Answers leave in the order of their requests: when the last is out, all are.
    replies.set(socket, open === undefined || last?.writableFinished !== false ? [reply] : [...open, reply]);
  }

  function refuse(error: ConnectionError, socket: Socket): void {
    if (refused.has(socket)) return;
    refused.add(socket);
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    const known = replies.get(socket) ?? [];
    const open = known.filter((reply) => !reply.writableFinished);
    const running = open.findLast((reply) => reply.req.complete);
    if (running !== undefined) {
      if (!running.headersSent) running.shouldKeepAlive = false;
      running.once('close', () => socket.destroy());
      return;
    }
    // What comes after an answer was no longer wanted, and is answered no more.
    if (known.some((reply) => reply.headersSent && !reply.req.complete)) {
      socket.destroy();
      return;
    }
    const refusal = refusalOf(error);
    socket.end(write(refusal, pathOf(open[0]?.req.url) ?? pathIn(error.rawPacket)));
    // Who is slow has sent all that it will; what others send on is read and dropped.
    const timer = setTimeout(() => socket.destroy(), refusal.status === 408 ? 0 : LINGER_MS);
    socket.once('close', () => clearTimeout(timer));
  }

  return { began, refuse };
}

/** What Node says of a connection, in terms of the catalogue. Nothing of what was sent is repeated. Pure. */
function refusalOf({ code }: ConnectionError): GatewayError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('request_timeout', 'the request did not come to its end in time');
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('request_too_large', 'the headers are larger than this gateway takes', {
        status: 431,
        hint: 'Send fewer and smaller headers; metadata has up to 2 KiB.',
      });
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new GatewayError('request_too_large', 'the extensions of a chunk are larger than this gateway takes');
    default:
      return new GatewayError('invalid_request', 'what was sent is not valid HTTP');
  }
}

function pathOf(url: string | undefined): string | undefined {
  return url?.split('?')[0];
}

/** The path of the request line that the bytes begin with; `/` where there is none. Pure. */
function pathIn(packet: unknown): string {
  const head = Buffer.isBuffer(packet) ? packet.subarray(0, 512).toString('latin1') : '';
  return /^[A-Z]+ (\/[^\s?]*)/.exec(head)?.[1] ?? '/';
}

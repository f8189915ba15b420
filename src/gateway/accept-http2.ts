import {
  createServer,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type ServerHttp2Session,
  type ServerOptions,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { TransportLimits } from './transport-limits.ts';

/** The connections that speak HTTP/2, or have not spoken yet. */
export interface Http2Connections {
  /** Takes no further request; those under way end. */
  readonly close: () => void;
  readonly destroy: () => void;
}

// More than any client of these APIs has open at once; Node itself sets no bound.
const MAX_STREAMS = 256;
// Streams that are opened and reset at once (CVE-2023-44487): beyond these the connection is ended.
const RESET_BURST = 300;
const RESETS_PER_SECOND = 30;

/**
 * Lets clients speak HTTP/2 without an upgrade on the same port: AWS's client of Bedrock in JavaScript speaks nothing else
 * unless it is told to. The first bytes of a connection decide, `PRI` being no method of HTTP/1; each request then takes
 * the same path. Costs one event for each connection, nothing for a request. Effects: replaces the listener of the server.
 */
export function acceptHttp2(app: FastifyInstance, limits: TransportLimits): Http2Connections {
  const { server } = app;
  const http1 = server.listeners('connection') as ((socket: Socket) => void)[];
  const silent = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  let http2: Http2Server | null = null;

  function take(socket: Socket): void {
    silent.add(socket);
    socket.setTimeout(limits.headersTimeoutMs);
    socket.on('timeout', giveUp).on('error', giveUp).on('close', forget);
    socket.once('readable', () => {
      const first: Buffer | null = socket.read();
      forget();
      socket.setTimeout(0);
      if (first === null) {
        socket.destroy();
        return;
      }
      socket.unshift(first);
      if (first.subarray(0, 3).toString('latin1') === 'PRI') {
        http2 ??= createHttp2(app, limits, sessions);
        http2.emit('connection', socket);
      } else for (const listener of http1) listener.call(server, socket);
    });

    function forget(): void {
      silent.delete(socket);
      socket.off('timeout', giveUp).off('error', giveUp).off('close', forget);
    }
    function giveUp(): void {
      socket.destroy();
    }
  }

  server.removeAllListeners('connection');
  server.on('connection', take);
  return {
    close() {
      for (const socket of silent) socket.destroy();
      for (const session of sessions) session.close();
    },
    destroy() {
      for (const session of sessions) session.destroy();
    },
  };
}

function createHttp2(
  app: FastifyInstance,
  { maxHeaderBytes, maxHeaders }: TransportLimits,
  sessions: Set<ServerHttp2Session>,
): Http2Server {
  const options: ServerOptions = {
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: maxHeaderBytes, enablePush: false },
    maxHeaderListPairs: maxHeaders + 5,
    streamResetBurst: RESET_BURST,
    streamResetRate: RESETS_PER_SECOND,
  };
  const http2 = createServer(options, (request: Http2ServerRequest, response: Http2ServerResponse) => {
    // The types know one protocol for a server; the router and all behind it use what both have.
    app.routing(request as never, response as never);
  });
  http2.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    // A client that breaks the protocol has ended its own connection, and its requests are told so.
    session.on('error', () => undefined);
  });
  return http2;
}

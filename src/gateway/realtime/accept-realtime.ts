import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { GatewayError } from '#core';
import { dialectOf } from '#dialects';
import { realtimeSocket } from '#upstream';
import { answerHeaders, errorHeaders } from '../answer-headers.ts';
import { addressOfCaller } from '../caller-address.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import type { InboundCall, RequestHeaders } from '../inbound-call.ts';
import { beginProgress, type Progress } from '../progress.ts';
import { noteStranger, strangerRefusal } from '../refuse-strangers.ts';
import { account, settleRequest } from '../settle-request.ts';
import { gatewayErrorOf } from '../write-error.ts';
import { admitSession } from './admit-session.ts';
import { runSession } from './run-session.ts';

const PATH = '/v1/realtime';
/** How browsers, which cannot set headers, hand over a key (OpenAI's convention). */
const KEY_PROTOCOL = 'openai-insecure-api-key.';
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

/** Takes sessions at `/v1/realtime`: WebSockets that are admitted, held, settled and recorded like any request. Everything else that asks for an upgrade is refused. */
export function acceptRealtime(server: Server, parts: GatewayParts): void {
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const end = parts.lifecycle.begin();
    void serve(parts, request, socket, head).finally(end);
  });
}

async function serve(parts: GatewayParts, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://gateway');
  const progress = beginProgress(callOf(parts, request, url.pathname), parts.policies.current());
  const stranger = strangerRefusal(parts, progress.active, progress.call);
  if (stranger !== null) return refuse(parts, progress, socket, stranger);
  try {
    if (url.pathname !== PATH) throw new GatewayError('not_found', 'there is nothing here to be upgraded');
    if (parts.lifecycle.isDraining()) {
      throw new GatewayError('draining', 'this instance is stopping', { retryAfterMs: 1000 });
    }
    const session = await admitSession(parts, progress, url.searchParams.get('model') ?? '', socket);
    // Loaded with the first session: most gateways never have one.
    const { WebSocketServer } = await import('ws');
    const upgrader = new WebSocketServer({
      ...{ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false },
      handleProtocols: (offered) => (offered.has('realtime') ? 'realtime' : false),
    });
    upgrader.on('headers', (lines: string[]) => lines.push(...headerLines(answerHeaders(progress))));
    const caller = await new Promise<Parameters<typeof realtimeSocket>[0]>((resolve, reject) => {
      socket.once('close', () => reject(new GatewayError('stream_interrupted', 'the caller is gone')));
      upgrader.handleUpgrade(request, socket, head, resolve);
    }).catch((error: unknown) => {
      session.opened.socket.close(1001, 'the caller is gone');
      throw error;
    });
    progress.status = 101;
    await runSession(parts, progress, session, realtimeSocket(caller));
  } catch (error) {
    refuse(parts, progress, socket, error);
  } finally {
    await settleRequest(parts, progress);
  }
}

function callOf(parts: GatewayParts, request: IncomingMessage, path: string): InboundCall {
  const dialect = dialectOf('openai-chat');
  if (dialect === null) throw new Error('no dialect is registered');
  const headers = request.headers as RequestHeaders;
  const key = (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .find((name) => name.startsWith(KEY_PROTOCOL));
  return {
    ...{ id: parts.newId(), startedMs: parts.nowMs(), dialect, path, queryKey: null, framing: 'sse' as const },
    context: { endpoint: 'audio', pathModel: null, pathStream: null, service: 'realtime' },
    headers: key === undefined ? headers : { authorization: `Bearer ${key.slice(KEY_PROTOCOL.length)}`, ...headers },
    bytes: Buffer.from('{}'),
    source: null,
    form: null,
    ip: addressOfCaller(request, parts.policies.current().trustedProxies),
  };
}

/** Before the handshake a refusal is an HTTP answer, in OpenAI's shape. */
function refuse(parts: GatewayParts, progress: Progress, socket: Duplex, thrown: unknown): void {
  const error = gatewayErrorOf(thrown);
  const { call } = progress;
  if (error.code === 'internal_error')
    parts.log.error({ err: thrown, requestId: call.id }, 'a session failed by a bug');
  progress.status = error.status;
  progress.errorCode = error.code;
  if (progress.caller === null) noteStranger(parts, call.ip, error);
  account(progress);
  if (socket.destroyed) return;
  const body = JSON.stringify(call.dialect.writeError(error, call.id));
  const own = [...answerHeaders(progress), ...errorHeaders(error)];
  const length = String(Buffer.byteLength(body));
  own.push('content-type', 'application/json', 'content-length', length, 'connection', 'close');
  socket.end(`HTTP/1.1 ${error.status} Refused\r\n${headerLines(own).join('\r\n')}\r\n\r\n${body}`);
}

function headerLines(flat: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < flat.length; at += 2) lines.push(`${flat[at]}: ${flat[at + 1]}`);
  return lines;
}

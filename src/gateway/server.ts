import { type ServerResponse, STATUS_CODES } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type DialectName, type ErrorCode, GatewayError } from '#core';
import { countingDialectOf, type Dialect, dialectOf } from '#dialects';
import { customDialect } from './active-policies.ts';
import { errorHeaders } from './answer-headers.ts';
import {
  API_PATHS,
  type ApiPath,
  BEDROCK_PREFIX,
  dialectOfPath,
  endpointOf,
  GEMINI_PREFIXES,
  geminiMethod,
  readBedrockPath,
  readGeminiPath,
} from './api-paths.ts';
import { createDeadlines, type Deadlines } from './body-deadlines.ts';
import { addressOfCaller } from './caller-address.ts';
import { inboundForm } from './forms/receive-form.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { handle } from './handle.ts';
import { inboundBody } from './inbound-body.ts';
import type { InboundCall, RequestHeaders } from './inbound-call.ts';
import { addOperations } from './operations/operations.ts';
import { acceptRealtime } from './realtime/accept-realtime.ts';
import { createRefusals } from './refuse-connection.ts';
import { checkEveryMs, type TransportLimits } from './transport-limits.ts';
import { gatewayErrorOf, writeError } from './write-error.ts';

const OTHER_METHODS = ['GET', 'PUT', 'PATCH', 'DELETE'] as const;
const NONE = Buffer.alloc(0);
const CONVERSE: Readonly<Record<string, { readonly isStream: boolean }>> = Object.freeze({
  converse: { isStream: false },
  'converse-stream': { isStream: true },
});

/** What takes calls. */
interface Calls {
  readonly parts: GatewayParts;
  /** Of bodies on their way. */
  readonly deadlines: Deadlines;
}

type CallPlace = Pick<InboundCall, 'dialect' | 'context' | 'framing' | 'path'>;

/** Creates the HTTP server: paths to calls, and every refusal of the transport in the caller's dialect. Listens to nothing yet. */
export function createServer(parts: GatewayParts): FastifyInstance {
  const { limits } = parts;
  const { began, refuse: refuseConnection } = createRefusals((error, path) => rawRefusal(parts, error, path));
  const checkMs = checkEveryMs(limits);
  const deadlines = createDeadlines(limits.requestTimeoutMs, checkMs, () => performance.now());
  const calls: Calls = { parts, deadlines };
  const app = Fastify({
    logger: false,
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: checkMs,
    },
    // Bodies of calls have deadlines of their own, whose refusal is an ordinary answer; this one is behind them. Fastify's default is none at all.
    requestTimeout: limits.requestTimeoutMs + 2 * checkMs,
    clientErrorHandler: (error, socket) => refuseConnection(error, socket),
    // Ours says so in the caller's dialect.
    return503OnClosing: false,
    // Above the usual 60 s of load balancers, so that they close first and no request meets a closing connection.
    keepAliveTimeout: 72_000,
    routerOptions: { maxParamLength: 2048 },
    exposeHeadRoutes: false,
    frameworkErrors: (error, request, reply) => refuse(parts, request, reply, transportError(error)),
  });
  // One more than is taken: Node leaves out what is beyond, and a request must not be served without some of its headers.
  app.server.maxHeadersCount = limits.maxHeaders + 1;
  app.server.prependListener('request', (_request, reply) => began(reply));
  app.addHook('onRequest', (request, _reply, done) => done(tooManyHeaders(request, limits) ?? undefined));
  // No body is read here: a call receives its own once its caller is known, and parses it once.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  // Who asks whether to send its body is told by who reads it.
  app.server.on('checkContinue', (request, reply) => void app.server.emit('request', request, reply));
  app.addHook('onClose', async () => deadlines.close());
  app.setErrorHandler((error, request, reply) => refuse(parts, request, reply, transportError(error)));

  for (const path of API_PATHS) addApiPath(app, calls, path);
  for (const prefix of GEMINI_PREFIXES) {
    app.post(`${prefix}*`, (request, reply) => callGemini(calls, request, reply, prefix));
    app.route({
      method: ['PUT', 'PATCH', 'DELETE'],
      url: `${prefix}*`,
      handler: (request, reply) => refuseMethod(request, reply, 'GET, POST'),
    });
  }
  app.post(`${BEDROCK_PREFIX}*`, (request, reply) => callBedrock(calls, request, reply));
  app.route({
    method: [...OTHER_METHODS],
    url: `${BEDROCK_PREFIX}*`,
    handler: (request, reply) => refuseMethod(request, reply, 'POST'),
  });
  addOperations(app, parts);
  acceptRealtime(app.server, parts);
  app.setNotFoundHandler((request, reply) => callCustomPath(calls, request, reply));
  return app;
}

function addApiPath(app: FastifyInstance, calls: Calls, path: ApiPath): void {
  const { pattern, dialect, endpoint, isServed, isCount, service } = path;
  app.post(pattern, (request, reply) => {
    if (!isServed) throw new GatewayError('not_found', `this version does not serve ${pathOf(request)} yet`);
    const context = {
      ...{ endpoint, pathModel: null, pathStream: null },
      ...(isCount === true ? { isCount } : {}),
      ...(service === undefined ? {} : { service }),
    };
    return call(calls, request, reply, {
      dialect: spoken(dialect, isCount),
      // The router takes other spellings of it too; policies know this one.
      path: pattern,
      context,
      framing: framingOf(dialect, true),
    });
  });
  app.route({
    method: [...OTHER_METHODS],
    url: pattern,
    handler: (request, reply) => refuseMethod(request, reply, 'POST'),
  });
}

function callGemini(calls: Calls, request: FastifyRequest, reply: FastifyReply, prefix: string): Promise<void> {
  const path = pathOf(request);
  const read = path.startsWith(prefix) ? readGeminiPath(path.slice(prefix.length)) : null;
  if (read === null) throw new GatewayError('not_found', `${path} is not {model}:{method}`);
  const generate = geminiMethod(read.method);
  if (generate === undefined) throw new GatewayError('not_found', `this version does not serve :${read.method} yet`);
  const { isStream, isCount, service } = generate;
  const wantsSse = queryOf(request).get('alt') === 'sse';
  return call(calls, request, reply, {
    dialect: spoken('gemini', isCount),
    path: `${prefix}${read.model}:${read.method}`,
    context: {
      endpoint: service === undefined ? 'generate' : 'embeddings',
      pathModel: read.model,
      pathStream: isStream,
      ...(isCount === true ? { isCount } : {}),
      ...(service === undefined ? {} : { service }),
    },
    framing: framingOf('gemini', wantsSse),
  });
}

function callBedrock(calls: Calls, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = pathOf(request);
  const read = path.startsWith(BEDROCK_PREFIX) ? readBedrockPath(path.slice(BEDROCK_PREFIX.length)) : null;
  if (read === null) throw new GatewayError('not_found', `${path} is not ${BEDROCK_PREFIX}{model}/converse`);
  const operation = Object.hasOwn(CONVERSE, read.operation) ? CONVERSE[read.operation] : undefined;
  if (operation === undefined) {
    const hint = 'Converse and ConverseStream are served; use their client commands.';
    throw new GatewayError('not_found', `this version does not serve /${read.operation} of Bedrock`, { hint });
  }
  return call(calls, request, reply, {
    dialect: spoken('bedrock-converse'),
    path: `${BEDROCK_PREFIX}${read.model}/${read.operation}`,
    context: { endpoint: 'chat', pathModel: read.model, pathStream: operation.isStream },
    framing: framingOf('bedrock-converse', false),
  });
}

/** A path that only policies know. They may change at any time, so it is looked up with each request. */
function callCustomPath(calls: Calls, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = pathOf(request);
  const dialect = customDialect(calls.parts.policies.current(), path);
  if (dialect === null) throw new GatewayError('not_found', `there is nothing at ${request.method} ${path}`);
  if (request.method !== 'POST') return refuseMethod(request, reply, 'POST');
  return call(calls, request, reply, {
    dialect: spoken(dialect),
    path,
    context: { endpoint: endpointOf(dialect), pathModel: null, pathStream: null },
    framing: framingOf(dialect, queryOf(request).get('alt') === 'sse'),
  });
}

/** How a stream is framed for callers of the dialect; Gemini's say with `alt=sse` which of two they want. */
function framingOf(dialect: DialectName, wantsSse: boolean): InboundCall['framing'] {
  if (dialect === 'ollama') return 'ndjson';
  if (dialect === 'bedrock-converse') return 'aws-eventstream';
  return dialect === 'gemini' && !wantsSse ? 'json-array' : 'sse';
}

async function call(
  { parts, deadlines }: Calls,
  request: FastifyRequest,
  reply: FastifyReply,
  place: CallPlace,
): Promise<void> {
  if (parts.lifecycle.isDraining())
    throw new GatewayError('draining', 'this instance is stopping', { retryAfterMs: 1000 });
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new GatewayError('invalid_request', `content-encoding ${encoding} is not supported; send the body as it is`);
  }
  const form = inboundForm(request.raw, reply.raw, parts.maxBodyBytes, deadlines);
  const inbound: InboundCall = {
    ...place,
    id: parts.newId(),
    startedMs: parts.nowMs(),
    headers: request.headers as RequestHeaders,
    queryKey: place.dialect.name === 'gemini' ? queryOf(request).get('key') : null,
    bytes: NONE,
    source: form === null ? inboundBody(request.raw, reply.raw, parts.maxBodyBytes, deadlines) : null,
    form,
    ip: addressOfCaller(request.raw, parts.policies.current().trustedProxies),
  };
  const end = parts.lifecycle.begin();
  reply.hijack();
  try {
    await handle(parts, inbound, reply.raw);
  } finally {
    end();
  }
}

function refuseMethod(request: FastifyRequest, reply: FastifyReply, allow: string): never {
  reply.raw.setHeader('allow', allow);
  throw new GatewayError('method_not_allowed', `${pathOf(request)} takes ${allow}, not ${request.method}`);
}

/** A refusal before there is a call: of the path, the method, the size, or by an instance that stops. */
function refuse(parts: GatewayParts, request: FastifyRequest, reply: FastifyReply, error: GatewayError): void {
  if (error.code === 'internal_error') parts.log.error({ err: error.cause }, 'a request failed by a bug');
  const dialect = dialectOn(parts, pathOf(request), request.headers as RequestHeaders);
  reply.hijack();
  const headers = [
    'x-signalbox-request-id',
    parts.newId(),
    'x-signalbox-revision',
    parts.policies.current().snapshot.revision,
  ];
  const raw: ServerResponse = reply.raw;
  const allow = raw.getHeader('allow');
  if (allow !== undefined) headers.push('allow', String(allow));
  if (error.code === 'draining') raw.shouldKeepAlive = false;
  writeError(raw, dialect, error, headers[1] ?? '', headers);
}

/** A refusal as it goes over the wire, where there is no request that could be answered. */
function rawRefusal(parts: GatewayParts, error: GatewayError, path: string): string {
  const id = parts.newId();
  const body = JSON.stringify(dialectOn(parts, path, {}).writeError(error, id));
  const { revision } = parts.policies.current().snapshot;
  const headers = ['x-signalbox-request-id', id, 'x-signalbox-revision', revision, ...errorHeaders(error)];
  headers.push('content-type', 'application/json', 'content-length', String(Buffer.byteLength(body)));
  let text = `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Refused'}\r\nconnection: close\r\n`;
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return `${text}\r\n${body}`;
}

function tooManyHeaders({ raw }: FastifyRequest, { maxHeaders }: TransportLimits): GatewayError | null {
  if (raw.rawHeaders.length <= 2 * maxHeaders) return null;
  return new GatewayError('request_too_large', `the request has more than ${maxHeaders} headers`, {
    status: 431,
    hint: 'Send fewer headers; metadata has up to 2 KiB.',
  });
}

/** The dialect of errors at a path. */
function dialectOn(parts: GatewayParts, path: string, headers: RequestHeaders): Dialect {
  return spoken(customDialect(parts.policies.current(), path) ?? dialectOfPath(path, headers));
}

/** Fastify's own refusals in our catalogue's terms. Pure. */
function transportError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, statusCode, message } = error as {
    readonly code?: string;
    readonly statusCode?: number;
    readonly message?: string;
  };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413) {
    return new GatewayError('request_too_large', 'the body is larger than this gateway takes');
  }
  const known: ErrorCode | null =
    statusCode !== undefined && statusCode >= 400 && statusCode < 500 ? 'invalid_request' : null;
  return known === null ? gatewayErrorOf(error) : new GatewayError(known, message ?? 'the request is not valid HTTP');
}

/** Only dialects that can be called are named by served paths; others fall back to OpenAI's shape for their errors. */
function spoken(name: DialectName, isCount = false): Dialect {
  const dialect = (isCount ? countingDialectOf(name) : dialectOf(name)) ?? dialectOf('openai-chat');
  if (dialect === null) throw new Error('no dialect is registered');
  return dialect;
}

/** Without query, and without the scheme and host that a request to a proxy has. */
function pathOf({ raw }: FastifyRequest): string {
  const url = raw.url ?? '/';
  const end = url.indexOf('?');
  const path = end < 0 ? url : url.slice(0, end);
  return path.startsWith('/') ? path : path.replace(/^https?:\/\/[^/]*/i, '') || '/';
}

function queryOf({ raw }: FastifyRequest): URLSearchParams {
  const url = raw.url ?? '/';
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type DialectName, GatewayError } from '#core';
import { customDialect } from './active-policies.ts';
import {
  type ApiPath,
  BEDROCK_PREFIX,
  endpointOf,
  geminiMethod,
  readBedrockPath,
  readGeminiPath,
} from './api-paths.ts';
import type { Deadlines } from './body-deadlines.ts';
import { addressOfCaller } from './caller-address.ts';
import { inboundForm } from './forms/receive-form.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { handle } from './handle.ts';
import { inboundBody } from './inbound-body.ts';
import type { InboundCall, RequestHeaders } from './inbound-call.ts';
import { refuseMethod } from './refuse-transport.ts';
import { pathOf, queryOf } from './request-url.ts';
import { spoken } from './spoken-dialect.ts';
import { suggestPath } from './suggest-path.ts';

/** Methods no path of calls takes, beside POST. */
export const OTHER_METHODS = ['GET', 'PUT', 'PATCH', 'DELETE'] as const;
const NONE = Buffer.alloc(0);
const CONVERSE: Readonly<Record<string, { readonly isStream: boolean }>> = Object.freeze({
  converse: { isStream: false },
  'converse-stream': { isStream: true },
});

/** What takes calls. */
export interface Calls {
  readonly parts: GatewayParts;
  /** Of bodies on their way. */
  readonly deadlines: Deadlines;
}

type CallPlace = Pick<InboundCall, 'dialect' | 'context' | 'framing' | 'path'>;

/** Serves one path of the public API. */
export function addApiPath(app: FastifyInstance, calls: Calls, path: ApiPath): void {
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

/** A call whose model and method stand in the path, as Gemini's do. */
export function callGemini(calls: Calls, request: FastifyRequest, reply: FastifyReply, prefix: string): Promise<void> {
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

/** A call whose model and operation stand in the path, as Bedrock's do. */
export function callBedrock(calls: Calls, request: FastifyRequest, reply: FastifyReply): Promise<void> {
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
export function callCustomPath(calls: Calls, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const path = pathOf(request);
  const dialect = customDialect(calls.parts.policies.current(), path);
  if (dialect === null) throw nothingAt(request.method, path);
  if (request.method !== 'POST') return refuseMethod(request, reply, 'POST');
  return call(calls, request, reply, {
    dialect: spoken(dialect),
    path,
    context: { endpoint: endpointOf(dialect), pathModel: null, pathStream: null },
    framing: framingOf(dialect, queryOf(request).get('alt') === 'sse'),
  });
}

function nothingAt(method: string, path: string): GatewayError {
  const meant = suggestPath(path);
  const hint = meant === null ? {} : { hint: `Did you mean ${meant}? See the base URL of the client.` };
  return new GatewayError('not_found', `there is nothing at ${method} ${path}`, hint);
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

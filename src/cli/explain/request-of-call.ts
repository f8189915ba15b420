import {
  asNumber,
  asString,
  compileGlob,
  type DialectName,
  ERRORS,
  type ErrorCode,
  fitsGlob,
  GatewayError,
  type JsonObject,
  sha256,
} from '#core';
import type { RequestFacts } from '#decision';
import {
  askedWindow,
  cacheWritesIn,
  createInputSource,
  dialectOf,
  type InboundContext,
  inboundService,
  type RequestShape,
  shapeOfService,
} from '#dialects';
import {
  API_PATHS,
  type ApiPath,
  endpointOf,
  findKeys,
  GEMINI_PREFIXES,
  geminiMethod,
  readGeminiPath,
  readRequestHeaders,
  shapeFacts,
} from '#gateway';
import type { Snapshot } from '#snapshot';
import type { SentChat } from '#upstream';

/** A call with its body, ready to be looked at as the gateway would. */
export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly bodyBytes: number;
}

/** What policy may know of a call, or the refusal that comes before any policy is asked. */
export interface ReadCall {
  readonly request: RequestFacts;
  readonly refusal: { readonly status: number; readonly code: string; readonly reason: string } | null;
  /** What the gateway of this version does that the explanation passes over. */
  readonly notes: readonly string[];
  /** The chat as its dialect reads it; null where it is none, or where it is refused before any policy. */
  readonly chat: SentChat | null;
}

interface Place {
  readonly dialect: DialectName;
  readonly context: InboundContext;
}

/** Reads a call as the gateway does: dialect by path, model and shape from the body, consumer by key. `consumer` stands in for a key that is not at hand. Pure. */
export function requestOfCall(snapshot: Snapshot, call: HttpCall, consumer: string | null, nowMs: number): ReadCall {
  const { path, query } = splitUrl(call.url);
  const notes: string[] = [];
  const refusals: NonNullable<ReadCall['refusal']>[] = [];
  const refuse = (code: ErrorCode, reason: string) => refusals.push({ status: ERRORS[code].status, code, reason });
  const place = placeOf(snapshot, path) ?? {
    dialect: 'openai-chat',
    context: { endpoint: 'chat', pathModel: null, pathStream: null },
  };
  if (placeOf(snapshot, path) === null) refuse('not_found', `there is nothing at ${call.method} ${path}`);
  else if (call.method !== 'POST') refuse('method_not_allowed', `${path} takes POST, not ${call.method}`);
  if (isUnserved(path))
    notes.push(`This version does not serve ${path} yet; what follows is what the policies say of it.`);

  const caller = consumer ?? callerOf(snapshot, call, query, nowMs, refuse);
  const own = attempt(() => readRequestHeaders(call.headers), { metadata: {}, session: null, cache: null }, refuse);
  const shape = attempt<RequestShape>(() => readShape(place, call.body), bareShape(place, call.body), refuse);
  for (const name of Object.keys(call.headers)) {
    if (/^x-portkey-(config|provider)$/.test(name))
      notes.push(`${name} would take the place of the route's chain; here it is passed over.`);
  }
  const window = askedWindow(call.headers);
  const request: RequestFacts = {
    id: 'req_explain',
    endpoint: place.context.endpoint,
    dialect: place.dialect,
    path,
    consumer: caller,
    labels: snapshot.consumers.get(caller)?.labels ?? {},
    metadata: own.metadata,
    headers: call.headers,
    ...shapeFacts(shape, call.bodyBytes),
    cacheWrites: cacheWritesIn(Buffer.from(JSON.stringify(call.body))),
    ...(window === null ? {} : { askedWindow: window }),
    session: own.session ?? shape.user,
    ip: null,
    bodyBytes: call.bodyBytes,
  };
  const refusal = refusals[0] ?? null;
  const isChat = refusal === null && place.context.service === undefined && place.context.isCount !== true;
  return { request, refusal, notes, chat: isChat ? { ...place, body: call.body } : null };
}

type Refuse = (code: ErrorCode, reason: string) => void;

function callerOf(snapshot: Snapshot, call: HttpCall, query: URLSearchParams, nowMs: number, refuse: Refuse): string {
  const { consumerKey } = findKeys(call.headers, query.get('key'));
  if (consumerKey === null) {
    const { anonymous } = snapshot.project;
    if (anonymous === null)
      refuse('invalid_api_key', 'no consumer key (sbx_…) is sent, and this environment names no anonymous consumer');
    return anonymous ?? '';
  }
  const key = snapshot.keys.get(sha256(consumerKey));
  if (key === undefined) {
    refuse('invalid_api_key', 'the consumer key is in no Consumer document of this environment');
    return '';
  }
  if (key.expiresAtMs !== null && nowMs >= key.expiresAtMs) {
    const at = new Date(key.expiresAtMs).toISOString();
    refuse('key_expired', `key ${key.id} of consumer ${key.consumer} expired at ${at}`);
  }
  return key.consumer;
}

function placeOf(snapshot: Snapshot, path: string): Place | null {
  for (const prefix of GEMINI_PREFIXES) {
    const read = path.startsWith(prefix) ? readGeminiPath(path.slice(prefix.length)) : null;
    if (read === null) continue;
    const { isStream = false, service } = geminiMethod(read.method) ?? {};
    const context = { pathModel: read.model, pathStream: isStream };
    if (service === undefined) return { dialect: 'gemini', context: { endpoint: 'generate', ...context } };
    return { dialect: 'gemini', context: { endpoint: 'embeddings', ...context, service } };
  }
  const known = apiPath(path);
  if (known !== undefined) return { dialect: known.dialect, context: contextOf(known) };
  const route = snapshot.routeIndex.ranked.find(
    ({ match }) => match.paths?.some((glob) => fitsGlob(glob, path)) ?? false,
  );
  if (route === undefined) return null;
  return {
    dialect: route.dialect,
    context: { endpoint: endpointOf(route.dialect), pathModel: null, pathStream: null },
  };
}

function contextOf({ endpoint, service }: ApiPath): InboundContext {
  return { endpoint, pathModel: null, pathStream: null, ...(service === undefined ? {} : { service }) };
}

function apiPath(path: string) {
  return API_PATHS.find(({ pattern }) => fitsGlob(compileGlob(pattern), path));
}

function isUnserved(path: string): boolean {
  return apiPath(path)?.isServed === false;
}

function readShape({ dialect, context }: Place, body: JsonObject): RequestShape {
  const service = inboundService(dialect, context.service);
  // The files of a form do not stand on a command line.
  if (service !== null && service.form === 'json') return shapeOfService(service.readRequest(body, context));
  return dialectOf(dialect)?.readShape(body, context) ?? bareShape({ dialect, context }, body);
}

/** What every dialect says in the same words, for those that this version does not speak and bodies it cannot read. */
function bareShape({ context }: Place, body: JsonObject): RequestShape {
  const input = asString(body.input) ?? asString(body.prompt) ?? '';
  return {
    model: asString(body.model) ?? context.pathModel ?? '',
    stream: body.stream === true,
    streamUsage: false,
    toolCount: Array.isArray(body.tools) ? body.tools.length : 0,
    images: 0,
    audio: 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    maxOutputTokens: asNumber(body.max_tokens) ?? asNumber(body.max_output_tokens) ?? null,
    temperature: asNumber(body.temperature) ?? null,
    textLength: [input.length, 0],
    messageCount: Array.isArray(body.messages) ? body.messages.length : 0,
    source: createInputSource(),
    user: asString(body.user) ?? null,
  };
}

function attempt<T>(read: () => T, otherwise: T, refuse: Refuse): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    refuse(error.code, error.message);
    return otherwise;
  }
}

/** curl takes hosts without a scheme; `$BASE/v1/…` was copied from a script. */
function splitUrl(url: string): { readonly path: string; readonly query: URLSearchParams } {
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/#.*$/s, '');
  const slash = rest.indexOf('/');
  const target = slash < 0 ? '/' : rest.slice(slash);
  const question = target.indexOf('?');
  return question < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, question), query: new URLSearchParams(target.slice(question + 1)) };
}

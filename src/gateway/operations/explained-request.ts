import { asNumber, asObject, asString, GatewayError, type JsonObject } from '#core';
import type { RequestFacts } from '#decision';
import type { Snapshot } from '#snapshot';

/** A question to `/admin/explain`. */
export interface ExplainedRequest {
  readonly request: RequestFacts;
  readonly whyNot: string | null;
}

type EndpointName = RequestFacts['endpoint'];

const DIALECT_OF: Readonly<Partial<Record<EndpointName, RequestFacts['dialect']>>> = {
  messages: 'anthropic-messages',
  generate: 'gemini',
  responses: 'openai-responses',
  completions: 'openai-completions',
};
const PATH_OF: Readonly<Partial<Record<EndpointName, string>>> = {
  chat: '/v1/chat/completions',
  messages: '/v1/messages',
  responses: '/v1/responses',
  completions: '/v1/completions',
  embeddings: '/v1/embeddings',
};
const KEYS: ReadonlySet<string> = new Set([
  'consumer',
  'endpoint',
  'model',
  'path',
  'inputTokens',
  'maxOutputTokens',
  'metadata',
  'headers',
  'labels',
  'tools',
  'images',
  'documents',
  'audio',
  'responseFormat',
  'reasoning',
  'stream',
  'ip',
  'session',
  'temperature',
]);

/**
 * Reads `{request: …, whyNot: "route"}` or the bare request, in the shape of `Test.cases[].request`. An absent consumer is the anonymous one.
 * Throws 400 `invalid_request` naming the field. Pure.
 */
export function explainedRequest(input: JsonObject, snapshot: Snapshot): ExplainedRequest {
  const isWrapped = input.request !== undefined;
  const from = isWrapped ? asObject(input.request) : input;
  const unknown = Object.keys(from).find((key) => !KEYS.has(key));
  if (unknown !== undefined) {
    const message = `${unknown}: unknown field; known are ${[...KEYS].join(', ')}`;
    throw new GatewayError('invalid_request', message, { field: unknown });
  }
  const endpoint = (asString(from.endpoint) ?? 'chat') as EndpointName;
  const consumer = asString(from.consumer) ?? snapshot.project.anonymous ?? '';
  const labels = { ...snapshot.consumers.get(consumer)?.labels, ...texts(from.labels) };
  const request: RequestFacts = {
    id: 'req_explain',
    endpoint,
    dialect: DIALECT_OF[endpoint] ?? 'openai-chat',
    path: asString(from.path) ?? PATH_OF[endpoint] ?? '/',
    model: asString(from.model) ?? '',
    consumer,
    labels,
    metadata: texts(from.metadata),
    headers: lowerCased(texts(from.headers)),
    stream: from.stream === true,
    toolCount: asNumber(from.tools) ?? 0,
    images: asNumber(from.images) ?? 0,
    audio: asNumber(from.audio) ?? 0,
    documents: asNumber(from.documents) ?? 0,
    responseFormat: (asString(from.responseFormat) ?? 'text') as RequestFacts['responseFormat'],
    hasReasoning: from.reasoning === true,
    inputTokens: asNumber(from.inputTokens) ?? 0,
    maxOutputTokens: asNumber(from.maxOutputTokens) ?? null,
    temperature: asNumber(from.temperature) ?? null,
    session: asString(from.session) ?? null,
    ip: asString(from.ip) ?? null,
    bodyBytes: 0,
  };
  return { request, whyNot: isWrapped ? (asString(input.whyNot) ?? null) : null };
}

function texts(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(asObject(value)).map(([key, field]) => [key, String(field)]));
}

function lowerCased(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]));
}

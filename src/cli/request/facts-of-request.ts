import type { DialectName, Endpoint } from '#core';
import type { RequestFacts } from '#decision';
import type { Snapshot, TestRequest } from '#snapshot';

/** Where a call of each kind goes and what it speaks there; what a test leaves out is filled in from here. */
const CALLS: Readonly<Record<Endpoint, { readonly path: string; readonly dialect: DialectName }>> = {
  chat: { path: '/v1/chat/completions', dialect: 'openai-chat' },
  responses: { path: '/v1/responses', dialect: 'openai-responses' },
  messages: { path: '/v1/messages', dialect: 'anthropic-messages' },
  generate: { path: '/v1beta/models', dialect: 'gemini' },
  completions: { path: '/v1/completions', dialect: 'openai-completions' },
  embeddings: { path: '/v1/embeddings', dialect: 'openai-chat' },
  images: { path: '/v1/images/generations', dialect: 'openai-chat' },
  audio: { path: '/v1/audio/speech', dialect: 'openai-chat' },
  moderations: { path: '/v1/moderations', dialect: 'openai-chat' },
  rerank: { path: '/v1/rerank', dialect: 'openai-chat' },
  mcp: { path: '/mcp', dialect: 'openai-chat' },
};

/**
 * What policy may know of a request that stands in a test file or on the command line. Without a consumer it is the anonymous one, as on the wire; labels
 * given replace those of the consumer. Pure.
 */
export function factsOfRequest(snapshot: Snapshot, from: TestRequest, id: string): RequestFacts {
  const endpoint = from.endpoint ?? 'chat';
  const call = CALLS[endpoint];
  const model = from.model ?? '';
  const consumer = from.consumer ?? snapshot.project.anonymous ?? '';
  return {
    id,
    endpoint,
    dialect: call.dialect,
    path: from.path ?? (endpoint === 'generate' ? `${call.path}/${model}:generateContent` : call.path),
    model,
    consumer,
    labels: from.labels ?? snapshot.consumers.get(consumer)?.labels ?? {},
    metadata: from.metadata ?? {},
    headers: lowerCased(from.headers ?? {}),
    stream: from.stream ?? false,
    toolCount: from.tools ?? 0,
    images: from.images ?? 0,
    audio: from.audio ?? 0,
    documents: from.documents ?? 0,
    responseFormat: from.responseFormat ?? 'text',
    hasReasoning: from.reasoning ?? false,
    inputTokens: from.inputTokens ?? 0,
    maxOutputTokens: from.maxOutputTokens ?? null,
    temperature: from.temperature ?? null,
    session: from.session ?? null,
    ip: from.ip ?? null,
    bodyBytes: 0,
  };
}

function lowerCased(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

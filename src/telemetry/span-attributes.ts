import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { formatUsd, inputTokens, outputTokens, type Usage } from '#core';
import { ATTRIBUTES, operationName, providerName } from './gen-ai.ts';
import type { TracedAttempt, TracedRequest } from './traced-request.ts';

/** What the span of a request says, by the names of the conventions. Pure. */
export function serverAttributes(request: TracedRequest): Attributes {
  const { usage, cache, endpoint, provider } = request;
  const attributes: Attributes = {};
  put(attributes, ATTRIBUTES.method, 'POST');
  put(attributes, ATTRIBUTES.httpRoute, request.httpRoute);
  put(attributes, ATTRIBUTES.urlPath, request.path);
  put(attributes, ATTRIBUTES.urlScheme, 'http');
  put(attributes, ATTRIBUTES.status, request.status);
  put(attributes, ATTRIBUTES.errorType, request.code ?? (request.isCut ? 'stream_interrupted' : null));
  put(attributes, ATTRIBUTES.operation, operationName(endpoint));
  put(attributes, ATTRIBUTES.provider, provider === null ? null : providerName(provider));
  put(attributes, ATTRIBUTES.requestModel, request.askedModel);
  put(attributes, ATTRIBUTES.responseModel, request.model);
  put(attributes, ATTRIBUTES.requestStream, request.streamed);
  put(attributes, ATTRIBUTES.maxTokens, request.maxOutputTokens);
  put(attributes, ATTRIBUTES.temperature, request.temperature);
  put(attributes, ATTRIBUTES.choices, request.choices);
  put(attributes, ATTRIBUTES.outputType, request.wantsJson ? 'json' : null);
  put(attributes, ATTRIBUTES.finishReasons, request.finish === null ? null : [request.finish]);
  put(attributes, ATTRIBUTES.firstChunk, request.firstTokenMs === null ? null : request.firstTokenMs / 1000);
  put(attributes, ATTRIBUTES.inputMessages, request.inputMessages);
  put(attributes, ATTRIBUTES.outputMessages, request.outputMessages);
  putTokens(attributes, usage);
  put(attributes, 'signalbox.request.id', request.id);
  put(attributes, 'signalbox.endpoint', endpoint);
  put(attributes, 'signalbox.consumer', request.consumer);
  put(attributes, 'signalbox.team', request.team);
  put(attributes, 'signalbox.route', request.route);
  put(attributes, 'signalbox.chain', request.chain);
  put(attributes, 'signalbox.target', request.target);
  put(attributes, 'signalbox.provider', provider);
  put(attributes, 'signalbox.refused_at', request.refusedAt);
  put(attributes, 'signalbox.cache', cache.result);
  put(attributes, 'signalbox.fallback', request.fallback);
  put(attributes, 'signalbox.attempts', request.attempts.length);
  putCost(attributes, request.costMicroUsd);
  putPolicy(attributes, request);
  return attributes;
}

/** What the span of an attempt says; `index` from 0. Pure. */
export function clientAttributes(request: TracedRequest, attempt: TracedAttempt, index: number): Attributes {
  const { target, provider, outcome, firstTokenMs } = attempt;
  const earlier = request.attempts.slice(0, index).filter((each) => each.target === target).length;
  const attributes: Attributes = {};
  put(attributes, ATTRIBUTES.operation, operationName(request.endpoint));
  put(attributes, ATTRIBUTES.provider, providerName(provider));
  put(attributes, ATTRIBUTES.requestModel, attempt.model);
  put(attributes, ATTRIBUTES.requestStream, request.streamed);
  put(attributes, ATTRIBUTES.serverAddress, attempt.host);
  put(attributes, ATTRIBUTES.serverPort, attempt.port);
  put(attributes, ATTRIBUTES.method, 'POST');
  put(attributes, ATTRIBUTES.status, attempt.status);
  put(attributes, ATTRIBUTES.resends, earlier === 0 ? null : earlier);
  put(attributes, ATTRIBUTES.errorType, outcome === 'ok' ? null : outcome);
  put(attributes, ATTRIBUTES.firstChunk, firstTokenMs === null ? null : (firstTokenMs - attempt.startedMs) / 1000);
  putTokens(attributes, attempt.usage);
  put(attributes, 'signalbox.request.id', request.id);
  put(attributes, 'signalbox.target', target);
  put(attributes, 'signalbox.provider', provider);
  put(attributes, 'signalbox.outcome', outcome);
  putCost(attributes, attempt.costMicroUsd);
  putPolicy(attributes, request);
  return attributes;
}

function putPolicy(attributes: Attributes, { revision, digest, environment }: TracedRequest): void {
  put(attributes, 'signalbox.revision', revision);
  put(attributes, 'signalbox.policy.digest', digest);
  put(attributes, 'signalbox.environment', environment);
}

function putCost(attributes: Attributes, costMicroUsd: number | null): void {
  put(attributes, 'signalbox.cost_usd', costMicroUsd === null ? null : formatUsd(costMicroUsd));
}

function putTokens(attributes: Attributes, usage: Usage | null): void {
  if (usage === null) return;
  put(attributes, ATTRIBUTES.inputTokens, inputTokens(usage));
  put(attributes, ATTRIBUTES.outputTokens, outputTokens(usage));
  put(attributes, ATTRIBUTES.cacheRead, usage.cacheRead || null);
  put(attributes, ATTRIBUTES.cacheCreation, usage.cacheWrite + usage.cacheWrite1h || null);
  put(attributes, ATTRIBUTES.reasoning, usage.reasoning || null);
}

/** One by one and without what is not known: literals of spreads cost ten times as much (measured, Node 26). */
function put(attributes: Attributes, name: string, value: AttributeValue | null): void {
  if (value !== null) attributes[name] = value;
}

/** Attributes of an event; null stands for what is not known. */
export type Values = Readonly<Record<string, string | number | boolean | null>>;

/** Without what is not known. Pure. */
export function known(values: Values): Attributes {
  const attributes: Attributes = {};
  for (const key in values) put(attributes, key, values[key] ?? null);
  return attributes;
}

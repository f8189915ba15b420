import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { formatUsd, inputTokens, outputTokens, type Usage } from '#core';
import { ATTRIBUTES, operationName, providerName } from './gen-ai.ts';
import { spanIdOf } from './trace-context.ts';
import type { TracedAttempt, TracedRequest } from './traced-request.ts';

/** What all spans of a process share. */
export interface SpanOrigin {
  readonly resource: Resource;
  readonly scope: { readonly name: string; readonly version: string };
}

// Of @opentelemetry/api, whose const enums these sources cannot import.
const SERVER = 1;
const CLIENT = 2;
const UNSET = 0;
const ERROR = 2;
const SAMPLED = 1;

/** The spans of a request that is over: one of the server, and below it one of the client for each attempt. Pure. */
export function requestSpans(request: TracedRequest, origin: SpanOrigin): readonly ReadableSpan[] {
  const { context, startedMs, durationMs } = request;
  const own = contextOf(context.traceId, spanIdOf(context));
  const caller = context.parentSpanId === null ? null : contextOf(context.traceId, context.parentSpanId, true);
  const isFailed = request.isCut || request.status >= 500;
  const server = span(origin, {
    name: `POST ${request.httpRoute}`,
    kind: SERVER,
    own,
    parent: caller,
    startMs: startedMs,
    endMs: startedMs + durationMs,
    error: isFailed ? (request.code ?? 'stream_interrupted') : null,
    attributes: serverAttributes(request),
    events: eventsOf(request),
  });
  const attempts = request.attempts.map((attempt, index) =>
    span(origin, {
      name: `${operationName(request.endpoint)} ${attempt.model}`.trimEnd(),
      kind: CLIENT,
      own: contextOf(context.traceId, spanIdOf(context, index)),
      parent: own,
      startMs: startedMs + attempt.startedMs,
      endMs: startedMs + attempt.endedMs,
      error: attempt.outcome === 'ok' || attempt.outcome === 'cancelled' ? null : attempt.outcome,
      attributes: clientAttributes(request, attempt, index),
      events: [],
    }),
  );
  return [server, ...attempts];
}

interface SpanParts {
  readonly name: string;
  readonly kind: number;
  readonly own: SpanContext;
  readonly parent: SpanContext | null;
  readonly startMs: number;
  readonly endMs: number;
  readonly error: string | null;
  readonly attributes: Attributes;
  readonly events: ReadableSpan['events'];
}

function span({ resource, scope }: SpanOrigin, parts: SpanParts): ReadableSpan {
  const { name, kind, own, parent, startMs, endMs, error, attributes, events } = parts;
  return {
    name,
    kind,
    spanContext: () => own,
    ...(parent === null ? {} : { parentSpanContext: parent }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status: error === null ? { code: UNSET } : { code: ERROR, message: error },
    attributes,
    events,
    links: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function serverAttributes(request: TracedRequest): Attributes {
  const { usage, cache } = request;
  return known({
    [ATTRIBUTES.method]: 'POST',
    [ATTRIBUTES.httpRoute]: request.httpRoute,
    [ATTRIBUTES.urlPath]: request.path,
    [ATTRIBUTES.urlScheme]: 'http',
    [ATTRIBUTES.status]: request.status,
    [ATTRIBUTES.errorType]: request.code ?? (request.isCut ? 'stream_interrupted' : null),
    [ATTRIBUTES.operation]: operationName(request.endpoint),
    [ATTRIBUTES.provider]: request.provider === null ? null : providerName(request.provider),
    [ATTRIBUTES.requestModel]: request.askedModel,
    [ATTRIBUTES.responseModel]: request.model,
    [ATTRIBUTES.requestStream]: request.streamed,
    [ATTRIBUTES.maxTokens]: request.maxOutputTokens,
    [ATTRIBUTES.temperature]: request.temperature,
    [ATTRIBUTES.choices]: request.choices,
    [ATTRIBUTES.outputType]: request.wantsJson ? 'json' : null,
    [ATTRIBUTES.finishReasons]: request.finish === null ? null : [request.finish],
    [ATTRIBUTES.firstChunk]: request.firstTokenMs === null ? null : request.firstTokenMs / 1000,
    [ATTRIBUTES.inputMessages]: request.inputMessages,
    [ATTRIBUTES.outputMessages]: request.outputMessages,
    ...tokenAttributes(usage),
    'signalbox.request.id': request.id,
    'signalbox.endpoint': request.endpoint,
    'signalbox.consumer': request.consumer,
    'signalbox.team': request.team,
    'signalbox.route': request.route,
    'signalbox.chain': request.chain,
    'signalbox.target': request.target,
    'signalbox.provider': request.provider,
    'signalbox.cache': cache.result,
    'signalbox.fallback': request.fallback,
    'signalbox.attempts': request.attempts.length,
    'signalbox.cost_usd': request.costMicroUsd === null ? null : formatUsd(request.costMicroUsd),
    ...policyAttributes(request),
  });
}

function clientAttributes(request: TracedRequest, attempt: TracedAttempt, index: number): Attributes {
  const earlier = request.attempts.slice(0, index).filter(({ target }) => target === attempt.target).length;
  const { firstTokenMs } = attempt;
  return known({
    [ATTRIBUTES.operation]: operationName(request.endpoint),
    [ATTRIBUTES.provider]: providerName(attempt.provider),
    [ATTRIBUTES.requestModel]: attempt.model,
    [ATTRIBUTES.requestStream]: request.streamed,
    [ATTRIBUTES.serverAddress]: attempt.host,
    [ATTRIBUTES.serverPort]: attempt.port,
    [ATTRIBUTES.method]: 'POST',
    [ATTRIBUTES.status]: attempt.status,
    [ATTRIBUTES.resends]: earlier === 0 ? null : earlier,
    [ATTRIBUTES.errorType]: attempt.outcome === 'ok' ? null : attempt.outcome,
    [ATTRIBUTES.firstChunk]: firstTokenMs === null ? null : (firstTokenMs - attempt.startedMs) / 1000,
    ...tokenAttributes(attempt.usage),
    'signalbox.request.id': request.id,
    'signalbox.target': attempt.target,
    'signalbox.provider': attempt.provider,
    'signalbox.outcome': attempt.outcome,
    'signalbox.cost_usd': attempt.costMicroUsd === null ? null : formatUsd(attempt.costMicroUsd),
    ...policyAttributes(request),
  });
}

function policyAttributes({ revision, digest, environment }: TracedRequest): Values {
  return {
    'signalbox.revision': revision,
    'signalbox.policy.digest': digest,
    'signalbox.environment': environment,
  };
}

function tokenAttributes(usage: Usage | null): Values {
  if (usage === null) return {};
  return {
    [ATTRIBUTES.inputTokens]: inputTokens(usage),
    [ATTRIBUTES.outputTokens]: outputTokens(usage),
    [ATTRIBUTES.cacheRead]: usage.cacheRead || null,
    [ATTRIBUTES.cacheCreation]: usage.cacheWrite + usage.cacheWrite1h || null,
    [ATTRIBUTES.reasoning]: usage.reasoning || null,
  };
}

/** What happened on the way, at its time. */
function eventsOf(request: TracedRequest): ReadableSpan['events'] {
  const { startedMs, durationMs, cache, skipped, attempts, guardrails } = request;
  const event = (name: string, atMs: number, attributes: Values) => ({
    name,
    time: hrTime(startedMs + atMs),
    attributes: known(attributes),
  });
  const first = attempts[0]?.startedMs ?? 0;
  const { result, ageMs, similarity } = cache;
  const looked = {
    'signalbox.cache': result,
    'signalbox.cache.age_s': ageMs === null ? null : ageMs / 1000,
    'signalbox.cache.similarity': similarity,
  };
  // A pass is no event: on a route with a dozen checks the few that found something would drown.
  const verdicts = (stage: string, atMs: number) =>
    guardrails
      .filter((verdict) => verdict.stage === stage && verdict.action !== 'pass')
      .map(({ guardrail, check, action, count }) =>
        event('signalbox.guardrail', atMs, {
          'signalbox.guardrail': guardrail,
          'signalbox.check': check,
          'signalbox.stage': stage,
          'signalbox.verdict': action,
          'signalbox.findings': count,
        }),
      );
  return [
    ...verdicts('input', first),
    ...(result === 'off' ? [] : [event('signalbox.cache', first, looked)]),
    ...skipped.map(({ target, reason }) =>
      event('signalbox.skip', first, { 'signalbox.target': target, 'signalbox.reason': reason }),
    ),
    ...attempts.slice(1).map(({ target, startedMs: atMs }, index) => {
      const before = attempts[index];
      const reason = { 'signalbox.reason': before?.outcome ?? null, 'signalbox.target': target };
      if (before?.target === target) return event('signalbox.retry', atMs, reason);
      return event('signalbox.fallback', atMs, { ...reason, 'signalbox.target.from': before?.target ?? null });
    }),
    ...verdicts('output', durationMs),
  ];
}

type Values = Readonly<Record<string, string | number | boolean | readonly string[] | null>>;

/** Without what is not known. */
function known(values: Values): Attributes {
  const attributes: Record<string, unknown> = {};
  for (const key in values) {
    const value = values[key];
    if (value !== null) attributes[key] = value;
  }
  return attributes as Attributes;
}

function contextOf(traceId: string, spanId: string, isRemote = false): SpanContext {
  return { traceId, spanId, traceFlags: SAMPLED, ...(isRemote ? { isRemote } : {}) };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1_000_000)];
}

import type { Attributes, HrTime, SpanContext } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { operationName } from './gen-ai.ts';
import { clientAttributes, known, serverAttributes, type Values } from './span-attributes.ts';
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

/** A span that is still to be written: of a request that is over, or of one of its attempts. */
export interface PendingSpan {
  readonly request: TracedRequest;
  readonly attempt: TracedAttempt | null;
  /** Of the attempt, from 0. */
  readonly index: number;
}

/** The spans of a request that is over: one of the server, and below it one of the client for each attempt. Pure. */
export function requestSpans(request: TracedRequest): readonly PendingSpan[] {
  return [
    { request, attempt: null, index: 0 },
    ...request.attempts.map((attempt, index) => ({ request, attempt, index })),
  ];
}

/** Writes a span, as late as it is sent: thousands of attributes that wait for a second are what a garbage collector likes least. Pure. */
export function writeSpan({ request, attempt, index }: PendingSpan, origin: SpanOrigin): ReadableSpan {
  return span(origin, attempt === null ? serverSpan(request) : clientSpan(request, attempt, index));
}

function serverSpan(request: TracedRequest): SpanParts {
  const { context, startedMs, durationMs } = request;
  const isFailed = request.isCut || request.status >= 500;
  return {
    name: `POST ${request.httpRoute}`,
    kind: SERVER,
    own: contextOf(context.traceId, spanIdOf(context)),
    parent: context.parentSpanId === null ? null : contextOf(context.traceId, context.parentSpanId, true),
    startMs: startedMs,
    endMs: startedMs + durationMs,
    error: isFailed ? (request.code ?? 'stream_interrupted') : null,
    attributes: serverAttributes(request),
    events: eventsOf(request),
  };
}

function clientSpan(request: TracedRequest, attempt: TracedAttempt, index: number): SpanParts {
  const { context, startedMs } = request;
  return {
    name: `${operationName(request.endpoint)} ${attempt.model}`.trimEnd(),
    kind: CLIENT,
    own: contextOf(context.traceId, spanIdOf(context, index)),
    parent: contextOf(context.traceId, spanIdOf(context)),
    startMs: startedMs + attempt.startedMs,
    endMs: startedMs + attempt.endedMs,
    error: attempt.outcome === 'ok' || attempt.outcome === 'cancelled' ? null : attempt.outcome,
    attributes: clientAttributes(request, attempt, index),
    events: [],
  };
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
  const readable: { -readonly [Key in keyof ReadableSpan]: ReadableSpan[Key] } = {
    name,
    kind,
    spanContext: () => own,
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
  if (parent !== null) readable.parentSpanContext = parent;
  return readable;
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

function contextOf(traceId: string, spanId: string, isRemote = false): SpanContext {
  return { traceId, spanId, traceFlags: SAMPLED, ...(isRemote ? { isRemote } : {}) };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1_000_000)];
}

import { sha256 } from '#core';

/** Where a request stands in a distributed trace (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 hex digits: the caller's, else made of the request's id. */
  readonly traceId: string;
  /** The caller's span; null where it sent none. */
  readonly parentSpanId: string | null;
  /** Whether the caller says that it records the trace. */
  readonly isRecordedByCaller: boolean;
}

// Later versions may append fields after the flags; version ff is forbidden.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/** Reads `traceparent`; one that is absent or malformed begins a new trace, as the recommendation asks. Pure. */
export function readTraceContext(requestId: string, traceparent: string | undefined): TraceContext {
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const isValid = version !== undefined && !ZEROS.test(traceId) && !ZEROS.test(spanId);
  if (!isValid || (version === '00' && rest !== undefined))
    return { traceId: sha256(`trace ${requestId}`).slice(0, 32), parentSpanId: null, isRecordedByCaller: false };
  return { traceId, parentSpanId: spanId, isRecordedByCaller: (Number.parseInt(flags, 16) & 1) === 1 };
}

/**
 * The id of a span of a request: of the request itself without a number, else of that attempt, from 0. It follows from the request's id, so that spans can be
 * built when all is over while providers have already been told the ids. Pure.
 */
export function spanIdOf(requestId: string, attempt: number | null = null): string {
  return sha256(`span ${requestId} ${attempt ?? 'request'}`).slice(0, 16);
}

/** The `traceparent` for a provider, naming the span of that attempt. Pure. */
export function writeTraceparent({ traceId }: TraceContext, spanId: string, isRecorded: boolean): string {
  return `00-${traceId}-${spanId}-${isRecorded ? '01' : '00'}`;
}

/**
 * Whether a trace is in the sample: decided by the last 56 bits of its id, as OpenTelemetry's consistent sampling does, so that
 * services with the same share keep the same traces. Pure.
 */
export function isInSample(traceId: string, share: number): boolean {
  return share > 0 && Number.parseInt(traceId.slice(-14), 16) / 2 ** 56 >= 1 - share;
}

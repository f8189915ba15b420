import { sha256 } from '#core';

/** Where a request stands in a distributed trace (W3C Trace Context, https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 hex digits: the caller's, else made of the request's id. */
  readonly traceId: string;
  /** The caller's span; null where it sent none. */
  readonly parentSpanId: string | null;
  /** Whether the caller says that it records the trace. */
  readonly isRecordedByCaller: boolean;
  /** 32 hex digits, the first half of the request's own span id, from which those of its attempts follow. */
  readonly seed: string;
}

// Later versions may append fields after the flags; version ff is forbidden.
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const ZEROS = /^0+$/;

/** Reads `traceparent`; one that is absent or malformed begins a new trace, as the recommendation asks. Pure. */
export function readTraceContext(requestId: string, traceparent: string | undefined): TraceContext {
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  const own = sha256(`trace ${requestId}`);
  const seed = own.slice(32);
  const isValid = version !== undefined && !ZEROS.test(traceId) && !ZEROS.test(spanId);
  if (!isValid || (version === '00' && rest !== undefined))
    return { traceId: own.slice(0, 32), parentSpanId: null, isRecordedByCaller: false, seed };
  return { traceId, parentSpanId: spanId, isRecordedByCaller: (Number.parseInt(flags, 16) & 1) === 1, seed };
}

/**
 * The id of a span of a request: of the request itself without a number, else of that attempt, from 0. It follows from the request's id, so that spans can be
 * built when all is over while providers have already been told the ids. One hash a request makes them all. Pure.
 */
export function spanIdOf({ seed }: TraceContext, attempt: number | null = null): string {
  if (attempt === null) return seed.slice(0, 16);
  // Different for every attempt: the last 32 bits count on from where the hash left them.
  const last = (Number.parseInt(seed.slice(24), 16) + attempt) >>> 0;
  return `${seed.slice(16, 24)}${last.toString(16).padStart(8, '0')}`;
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

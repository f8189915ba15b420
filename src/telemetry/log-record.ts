import type { Attributes } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { SpanOrigin } from './request-spans.ts';

// Of the logs data model: the first of the four numbers of each level.
const SEVERITIES: Readonly<Record<number, readonly [number, string]>> = {
  20: [5, 'DEBUG'],
  30: [9, 'INFO'],
  40: [13, 'WARN'],
  50: [17, 'ERROR'],
};

/** A line of the log, as pino wrote and the logger masked it, as an OTLP log record. Pure. */
export function logRecordOf(line: string, { resource, scope }: SpanOrigin): ReadableLogRecord {
  const { level, time, msg, traceId, spanId, err, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const at = Number(time);
  const hrTime: [number, number] = [Math.floor(at / 1000), (at % 1000) * 1_000_000];
  const [severityNumber, severityText] = SEVERITIES[Number(level)] ?? [9, 'INFO'];
  const isLinked = typeof traceId === 'string' && typeof spanId === 'string';
  return {
    hrTime,
    hrTimeObserved: hrTime,
    severityNumber,
    severityText,
    body: String(msg ?? ''),
    ...(isLinked ? { spanContext: { traceId, spanId, traceFlags: 1 } } : {}),
    attributes: { ...attributesOf(fields), ...exceptionOf(err) },
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
  };
}

function attributesOf(fields: Readonly<Record<string, unknown>>): Attributes {
  const isPlain = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, isPlain(value) ? value : JSON.stringify(value)]),
  ) as Attributes;
}

function exceptionOf(err: unknown): Attributes {
  if (typeof err !== 'object' || err === null) return {};
  const { type, message, stack } = err as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries({ 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack }).filter(
      ([, value]) => typeof value === 'string',
    ),
  ) as Attributes;
}

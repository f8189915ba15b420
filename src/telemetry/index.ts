/** The line that every request has. */
export { logAccess } from './access-log.ts';
/** Whether a finished request is exported as a trace. Pure. */
export { isTraced, type TraceFacts, type TracePolicy } from './is-traced.ts';
/** The process log: one JSON object a line, or lines for people. */
export { type Logger, type LoggerOptions, openLogger } from './logger.ts';
/** Text of callers without what looks like keys or personal data. Pure. */
export { maskText } from './mask-text.ts';
/** What is measured of a request, and which names may be labels. */
export type { KnownNames, MeasuredRequest, PolicyState, SecretStoreState } from './measured-request.ts';
/** The instruments of the contract in Prometheus' forms. */
export { type Metrics, type MetricsOptions, openMetrics } from './metrics.ts';
/** The export over OTLP that the `OTEL_*` variables ask for. */
export { type Otlp, type OtlpOptions, openOtlp } from './open-otlp.ts';
/** What the `OTEL_*` variables ask for, and whether they ask for no telemetry at all. Pure. */
export { isDisabled as isTelemetryDisabled, type OtlpSettings, readOtlpSettings } from './otlp-settings.ts';
/** What processes on one port count, added up. Pure. */
export { mergeMetrics, type PostedMetric } from './posted-metric.ts';
/** The log of a process: asynchronous, in bounded memory. */
export { openProcessLog, type ProcessLogOptions } from './process-log.ts';
/** W3C trace context: read, sampled, and written for providers. Pure. */
export { isInSample, readTraceContext, spanIdOf, type TraceContext, writeTraceparent } from './trace-context.ts';
/** What a trace is made of. */
export type { TracedAttempt, TracedRequest } from './traced-request.ts';

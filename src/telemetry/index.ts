/** The line that every request has. */
export { logAccess } from './access-log.ts';
/** The process log: one JSON object a line, or lines for people. */
export { type Logger, type LoggerOptions, openLogger } from './logger.ts';
/** What is measured of a request, and which names may be labels. */
export type { KnownNames, MeasuredRequest, PolicyState } from './measured-request.ts';
/** The instruments of the contract in Prometheus' text form. */
export { type Metrics, type MetricsOptions, openMetrics } from './metrics.ts';
/** The log of a process: asynchronous, in bounded memory. */
export { openProcessLog, type ProcessLogOptions } from './process-log.ts';

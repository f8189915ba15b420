import { type ExportQueue, openExportQueue } from './export-queue.ts';
import { logRecordOf } from './log-record.ts';
import { type Logger, openLogger } from './logger.ts';
import { type BatchExporter, logExporter, metricExporter, traceExporter } from './otlp-exporters.ts';
import { type OtlpSettings, readOtlpSettings } from './otlp-settings.ts';
import { createMetricPush, type MetricPush } from './push-metrics.ts';
import { type PendingSpan, requestSpans, type SpanOrigin, writeSpan } from './request-spans.ts';
import type { TracedRequest } from './traced-request.ts';

/** What a process sends to its collector. */
export interface Otlp {
  /** Queues the spans of a request that is over; null where no traces are exported. */
  readonly trace: ((request: TracedRequest) => void) | null;
  /** Where lines go besides the process log; null where no logs are exported. */
  readonly log: Logger | null;
  /** For `openMetrics`; null where metrics are only scraped. */
  readonly metrics: MetricPush | null;
  /** Items no collector has got, by signal; metrics count failed exports. */
  readonly dropped: () => readonly { readonly signal: string; readonly count: number }[];
  /** Sends what waits, for two seconds at most. */
  readonly close: () => Promise<void>;
}

/** How the export is opened. */
export interface OtlpOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly environment: string;
  /** This process among its replicas. */
  readonly instance: string;
  /** Told at most once a minute; the text is static, an error holds no secret of the environment's. */
  readonly onProblem: (fields: object, text: string) => void;
}

const PATIENCE_MS = 2000;
const WARN_EVERY_MS = 60_000;

/**
 * Opens the export over OTLP that the standard `OTEL_*` variables ask for; null when they name no collector. Nothing on the path of a request waits for it.
 * Effects: loads the exporters, connections, timers.
 */
export async function openOtlp(options: OtlpOptions): Promise<Otlp | null> {
  const settings = readOtlpSettings(options.env);
  for (const problem of settings.problems)
    options.onProblem({ problem }, 'a setting of the telemetry cannot be obeyed');
  const { traces, logs, metrics } = settings;
  if (traces === null && logs === null && metrics === null) return null;
  const origin = await originOf(options, settings);
  const onProblem = quietly(options.onProblem);
  const queueTo = queues(settings, onProblem);
  const spans =
    traces === null ? null : queueTo(await traceExporter(traces), (span: PendingSpan) => writeSpan(span, origin));
  const records = logs === null ? null : queueTo(await logExporter(logs), (line: string) => logRecordOf(line, origin));
  const push =
    metrics === null
      ? null
      : createMetricPush({
          exporter: await metricExporter(metrics),
          resource: origin.resource,
          everyMs: settings.metricsEveryMs,
          onProblem,
        });
  return {
    trace: spans === null ? null : (request) => requestSpans(request).forEach(spans.queue.add),
    log: records === null ? null : bridgedLog(records.queue),
    metrics: push,
    dropped: () => [
      ...(spans === null ? [] : [{ signal: 'traces', count: spans.queue.dropped() }]),
      ...(records === null ? [] : [{ signal: 'logs', count: records.queue.dropped() }]),
      ...(push === null ? [] : [{ signal: 'metrics', count: push.failures() }]),
    ],
    async close() {
      await Promise.all([spans?.close(), records?.close()]);
    },
  };
}

async function originOf({ version, environment, instance }: OtlpOptions, settings: OtlpSettings): Promise<SpanOrigin> {
  const { resourceFromAttributes } = await import('@opentelemetry/resources');
  const resource = resourceFromAttributes({
    'service.name': 'signalbox',
    'service.version': version,
    'service.instance.id': instance,
    'deployment.environment.name': environment,
    ...settings.resource,
  });
  return { resource, scope: { name: 'signalbox', version } };
}

interface Sender<T> {
  readonly queue: ExportQueue<T>;
  readonly close: () => Promise<void>;
}

/** Makes queues that write an item in the exporter's form no sooner than it is sent. */
function queues({ maxQueue, maxBatch, batchEveryMs }: OtlpSettings, onProblem: (error: unknown) => void) {
  return <Item, Written>(exporter: BatchExporter<Written>, write: (item: Item) => Written): Sender<Item> => {
    const queue = openExportQueue<Item>({
      ...{ maxItems: maxQueue, maxBatch, everyMs: batchEveryMs, onProblem },
      send: (batch, done) =>
        exporter.export(batch.map(write), ({ code, error }) =>
          done(code === 0 ? null : (error ?? new Error('refused'))),
        ),
    });
    return {
      queue,
      async close() {
        await queue.close(PATIENCE_MS);
        // An export that hangs ends by its own timeout; nobody waits for it.
        void exporter.shutdown().catch(() => {});
      },
    };
  };
}

/** The same logger, masks included, whose lines become log records. */
function bridgedLog(queue: ExportQueue<string>): Logger {
  return openLogger({ level: 'info', isForPeople: false, hasColours: false, write: queue.add });
}

/** A collector that is away is told of once a minute, not with each batch. */
function quietly(warn: OtlpOptions['onProblem']): (error: unknown) => void {
  let toldMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - toldMs < WARN_EVERY_MS) return;
    toldMs = performance.now();
    const code = (error as NodeJS.ErrnoException).code ?? (error as Error).name;
    warn({ code }, 'the collector of the telemetry does not take it: what finds no room is dropped and counted');
  };
}

import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { addExemplars } from './otlp-metrics.ts';
import type { OtlpTarget } from './otlp-settings.ts';
import type { MetricExporter } from './push-metrics.ts';

/** Sends batches of one signal; `export` calls back with code 0 when the collector has them. */
export interface BatchExporter<T> {
  readonly export: (items: T[], done: (result: { readonly code: number; readonly error?: Error }) => void) => void;
  readonly shutdown: () => Promise<void>;
}

// The exporters take about 15 MB and a quarter of a second: only a gateway that exports over that protocol loads them.

/** Loads the exporter of spans for the target's protocol. Effect: an agent with connections once it sends. */
export async function traceExporter(target: OtlpTarget): Promise<BatchExporter<ReadableSpan>> {
  if (target.protocol === 'grpc') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
    return new OTLPTraceExporter(grpcConfig(target));
  }
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  return new OTLPTraceExporter(httpConfig(target));
}

/** Loads the exporter of log records. */
export async function logExporter(target: OtlpTarget): Promise<BatchExporter<ReadableLogRecord>> {
  if (target.protocol === 'grpc') {
    const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-grpc');
    return new OTLPLogExporter(grpcConfig(target));
  }
  const { OTLPLogExporter } = await import('@opentelemetry/exporter-logs-otlp-proto');
  return new OTLPLogExporter(httpConfig(target));
}

/** Loads the exporter of metrics: the library's own but for exemplars, which its serializer leaves out. */
export async function metricExporter(target: OtlpTarget): Promise<MetricExporter> {
  const { MetricsExporterMetricsHelper: counts, ProtobufMetricsSerializer: library } = await import(
    '@opentelemetry/otlp-transformer'
  );
  const serializer: typeof library = {
    ...library,
    serializeRequest(metrics) {
      const written = library.serializeRequest(metrics);
      return written === undefined ? written : addExemplars(written, metrics);
    },
  };
  if (target.protocol === 'grpc') {
    const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = await import(
      '@opentelemetry/otlp-grpc-exporter-base'
    );
    const options = convertLegacyOtlpGrpcOptions(grpcConfig(target), 'METRICS');
    const method = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';
    const type = 'otlp_grpc_metric_exporter';
    return createOtlpGrpcExportDelegate(options, serializer, type, counts, undefined, 'MetricsExportService', method);
  }
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  );
  const required = { 'Content-Type': 'application/x-protobuf' };
  const options = convertLegacyHttpOptions(httpConfig(target), 'METRICS', 'v1/metrics', required);
  return createOtlpHttpExportDelegate(options, serializer, 'otlp_http_metric_exporter', counts, undefined);
}

type HttpConfig = NonNullable<
  ConstructorParameters<typeof import('@opentelemetry/exporter-trace-otlp-proto').OTLPTraceExporter>[0]
>;

function httpConfig({ url, headers, timeoutMs, isCompressed }: OtlpTarget): HttpConfig {
  return { url, headers, timeoutMillis: timeoutMs, concurrencyLimit: 2, ...compression(isCompressed) };
}

/** Headers and certificates are read from the environment by the exporter itself. */
function grpcConfig({ url, timeoutMs, isCompressed }: OtlpTarget): Omit<HttpConfig, 'headers'> {
  return { url, timeoutMillis: timeoutMs, concurrencyLimit: 2, ...compression(isCompressed) };
}

function compression(isCompressed: boolean): Pick<HttpConfig, 'compression'> {
  // A const enum there, whose values these sources cannot import.
  return isCompressed ? { compression: 'gzip' as NonNullable<HttpConfig['compression']> } : {};
}

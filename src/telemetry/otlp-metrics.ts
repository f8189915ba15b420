import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { appendToMessages, bytesField, doubleField, fixed64Field } from './protobuf-fields.ts';
import type { Exemplar } from './series.ts';

/** Where the points of histograms stand in an ExportMetricsServiceRequest: resource_metrics, scope_metrics, metrics, histogram, data_points. */
const HISTOGRAM_POINTS = [1, 2, 2, 9, 1] as const;
const EXEMPLARS = 8;

/** What a point of a histogram carries beside what the SDK knows of. */
export interface WithExemplars {
  readonly exemplars?: readonly (Exemplar | null | undefined)[];
}

/**
 * Adds the exemplars of histograms to what the library has written of the same metrics, whose own serializer (0.301) leaves them out; every other byte stays but the lengths around them
 * (https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto, `HistogramDataPoint` and `Exemplar`). Pure.
 */
export function addExemplars(written: Uint8Array, { scopeMetrics }: ResourceMetrics): Uint8Array {
  const perPoint = scopeMetrics
    .flatMap(({ metrics }) => metrics)
    // Of @opentelemetry/sdk-metrics: DataPointType.HISTOGRAM.
    .filter(({ dataPointType }) => dataPointType === 0)
    .flatMap(({ dataPoints }) => dataPoints.map((point) => exemplarsOf(point as WithExemplars)));
  if (perPoint.every(({ length }) => length === 0)) return written;
  let at = 0;
  return appendToMessages(written, HISTOGRAM_POINTS, () => perPoint[at++] ?? []);
}

function exemplarsOf({ exemplars = [] }: WithExemplars): readonly Uint8Array[] {
  return exemplars.filter((exemplar) => exemplar != null).map((exemplar) => bytesField(EXEMPLARS, messageOf(exemplar)));
}

function messageOf({ traceId, spanId, value, atMs }: Exemplar): Uint8Array {
  return Buffer.concat([
    fixed64Field(2, BigInt(Math.round(atMs * 1000)) * 1000n),
    doubleField(3, value),
    bytesField(4, Buffer.from(spanId, 'hex')),
    bytesField(5, Buffer.from(traceId, 'hex')),
  ]);
}

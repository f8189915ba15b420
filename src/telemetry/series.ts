import type { Attributes } from '@opentelemetry/api';

/** A request whose trace shows what a measurement looked like. */
export interface Exemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  readonly atMs: number;
}

/** The ids of a trace that is exported; null where there is none to point to. */
export type TraceIds = { readonly traceId: string; readonly spanId: string } | null;

export interface NumberSeries {
  readonly attributes: Attributes;
  value: number;
  /** When it was set; 0 for what is added to, and for what is read when it is asked for. */
  atMs: number;
}

export interface HistogramSeries {
  readonly attributes: Attributes;
  /** One for each boundary, and one for what is above all. */
  readonly counts: number[];
  /** The newest of each bucket. */
  readonly exemplars: (Exemplar | null | undefined)[];
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** Series of one instrument by a key that its user makes of the attributes: a look-up costs a tenth of what it takes to sort and join attributes anew. */
export interface SeriesOf<S> {
  /** The series of the key; `attributes` is called for the first of each. Beyond the bound all keys share one series, marked as OpenTelemetry asks. */
  readonly of: (key: string, attributes: () => Attributes) => S;
  readonly all: () => Iterable<S>;
}

/** The SDK's own bound for an instrument. */
const MAX_SERIES = 2000;
const OVERFLOW: Attributes = Object.freeze({ 'otel.metric.overflow': true });

/** Opens the series of a counter or a gauge. Effects: memory for `maxSeries` at most. */
export function numberSeries(maxSeries = MAX_SERIES): SeriesOf<NumberSeries> {
  return seriesOf(maxSeries, (attributes) => ({ attributes, value: 0, atMs: 0 }));
}

/** Opens the series of a histogram with so many boundaries. Effects: memory for `maxSeries` at most. */
export function histogramSeries(boundaries: readonly number[], maxSeries = MAX_SERIES): SeriesOf<HistogramSeries> {
  return seriesOf(maxSeries, (attributes) => ({
    attributes,
    counts: Array.from({ length: boundaries.length + 1 }, () => 0),
    exemplars: [],
    ...{ count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY },
  }));
}

/** Adds a value to a histogram; a value on a boundary belongs below it, as OpenTelemetry and Prometheus have it. Effect: changes the series. */
export function observe(
  series: HistogramSeries,
  boundaries: readonly number[],
  value: number,
  trace: TraceIds,
  atMs: number,
): void {
  let at = 0;
  while (at < boundaries.length && value > (boundaries[at] as number)) at += 1;
  series.counts[at] = (series.counts[at] ?? 0) + 1;
  series.count += 1;
  series.sum += value;
  if (value < series.min) series.min = value;
  if (value > series.max) series.max = value;
  if (trace !== null) series.exemplars[at] = { traceId: trace.traceId, spanId: trace.spanId, value, atMs };
}

function seriesOf<S>(maxSeries: number, create: (attributes: Attributes) => S): SeriesOf<S> {
  const byKey = new Map<string, S>();
  let overflow: S | null = null;
  return {
    of(key, attributes) {
      const known = byKey.get(key);
      if (known !== undefined) return known;
      if (byKey.size >= maxSeries - 1) {
        overflow ??= create(OVERFLOW);
        return overflow;
      }
      const made = create(attributes());
      byKey.set(key, made);
      return made;
    },
    *all() {
      yield* byKey.values();
      if (overflow !== null) yield overflow;
    },
  };
}

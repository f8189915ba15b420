import type { Attributes, HrTime } from '@opentelemetry/api';
import type { DataPointType, MetricData } from '@opentelemetry/sdk-metrics';
import type { Merge, PostedMetric } from './posted-metric.ts';
import {
  type HistogramSeries,
  histogramSeries,
  type NumberSeries,
  numberSeries,
  observe,
  type SeriesOf,
  type TraceIds,
} from './series.ts';

/** How an instrument is named and told of. */
export interface InstrumentText {
  readonly name: string;
  readonly unit?: string;
  readonly description: string;
  readonly maxSeries?: number;
  /** What several processes on one port make of their values: counters add up and gauges go by the one set last, unless this says otherwise. */
  readonly merge?: Merge;
}

/** A metric as it stands, in the SDK's own shape, with the exemplars of histograms beside it. */
export type CollectedMetric = MetricData & {
  readonly series: readonly (NumberSeries | HistogramSeries)[];
  readonly merge: Merge;
  /** Of a histogram, whether it has a series yet or not; else none. */
  readonly boundaries: readonly number[];
};

/** The instruments of one process, all cumulative from its start. */
export interface Instruments {
  readonly counter: (text: InstrumentText) => Counter;
  readonly gauge: (text: InstrumentText) => Gauge;
  readonly histogram: (text: InstrumentText, boundaries: readonly number[]) => Histogram;
  /** A value that is read when it is asked for: a counter or a gauge. */
  readonly watch: (
    kind: 'counter' | 'gauge',
    text: InstrumentText,
    read: () => readonly { readonly value: number; readonly attributes: Attributes }[],
  ) => void;
  /** Every instrument as it stands now, in the order in which they were made. */
  readonly collect: () => readonly CollectedMetric[];
}

export interface Counter {
  readonly add: (value: number, key: string, attributes: () => Attributes) => void;
  /** The series of a key, looked up once. */
  readonly bind: (key: string, attributes: () => Attributes) => BoundCounter;
}
export interface BoundCounter {
  readonly add: (value: number) => void;
}
export interface Gauge {
  readonly set: (value: number, key: string, attributes: () => Attributes) => void;
}
export interface Histogram {
  readonly record: (value: number, key: string, attributes: () => Attributes, trace: TraceIds) => void;
  /** The series of a key, looked up once. */
  readonly bind: (key: string, attributes: () => Attributes) => BoundHistogram;
}
export interface BoundHistogram {
  readonly record: (value: number, trace: TraceIds) => void;
}

// Of @opentelemetry/sdk-metrics 3.1 and @opentelemetry/api, which need not be loaded for the values of three enums.
const HISTOGRAM = 0 as DataPointType.HISTOGRAM;
const GAUGE = 2 as DataPointType.GAUGE;
const SUM = 3 as DataPointType.SUM;
const CUMULATIVE = 1;
const DOUBLE = 1;

/**
 * Creates instruments that keep their own series, by keys which their callers make, and hand them out in the SDK's shape. The SDK's own instruments sort and join the attributes of
 * every measurement, once for each reader: half of what metrics cost. Effects: memory.
 */
export function createInstruments(nowMs: () => number): Instruments {
  const startTime = hrTime(nowMs());
  const collectors: (() => CollectedMetric)[] = [];

  function numbers(text: InstrumentText, kind: 'counter' | 'gauge', read: () => readonly NumberSeries[]): void {
    collectors.push(() => {
      const endTime = hrTime(nowMs());
      const series = read();
      const dataPoints = series.map(({ attributes, value }) => ({ startTime, endTime, attributes, value }));
      const merge = text.merge ?? (kind === 'gauge' ? 'newest' : 'sum');
      const descriptor = descriptorOf(text);
      const common = { descriptor, aggregationTemporality: CUMULATIVE, dataPoints, series, merge, boundaries: [] };
      return kind === 'gauge'
        ? { ...common, dataPointType: GAUGE }
        : { ...common, dataPointType: SUM, isMonotonic: true };
    });
  }

  function kept(text: InstrumentText, kind: 'counter' | 'gauge'): SeriesOf<NumberSeries> {
    const series = numberSeries(text.maxSeries);
    numbers(text, kind, () => [...series.all()]);
    return series;
  }

  return {
    counter(text) {
      const series = kept(text, 'counter');
      return {
        add(value, key, attributes) {
          series.of(key, attributes).value += value;
        },
        bind(key, attributes) {
          const own = series.of(key, attributes);
          return {
            add(value) {
              own.value += value;
            },
          };
        },
      };
    },
    gauge(text) {
      const series = kept(text, 'gauge');
      return {
        set(value, key, attributes) {
          const own = series.of(key, attributes);
          own.value = value;
          own.atMs = nowMs();
        },
      };
    },
    histogram(text, boundaries) {
      const series = histogramSeries(boundaries, text.maxSeries);
      collectors.push(() => {
        const endTime = hrTime(nowMs());
        const all = [...series.all()];
        const dataPoints = all.map(({ attributes, counts, exemplars, count, sum, min, max }) => ({
          ...{ startTime, endTime, attributes, exemplars },
          value: { buckets: { boundaries: [...boundaries], counts: [...counts] }, count, sum, min, max },
        }));
        return {
          ...{ descriptor: descriptorOf(text), aggregationTemporality: CUMULATIVE, dataPointType: HISTOGRAM },
          ...{ dataPoints, series: all, merge: 'sum', boundaries },
        };
      });
      const recordOn = (own: HistogramSeries, value: number, trace: TraceIds) =>
        observe(own, boundaries, value, trace, trace === null ? 0 : nowMs());
      return {
        record: (value, key, attributes, trace) => recordOn(series.of(key, attributes), value, trace),
        bind(key, attributes) {
          const own = series.of(key, attributes);
          return { record: (value, trace) => recordOn(own, value, trace) };
        },
      };
    },
    watch: (kind, text, read) => numbers(text, kind, () => read().map((each) => ({ ...each, atMs: 0 }))),
    collect: () => collectors.map((collect) => collect()),
  };
}

/** A metric as processes tell each other of it. Pure. */
export function postOf(metric: CollectedMetric): PostedMetric {
  const { descriptor, series, merge, boundaries } = metric;
  const isCounter = 'isMonotonic' in metric && metric.isMonotonic;
  const isHistogram = metric.dataPointType === HISTOGRAM;
  return {
    ...{ name: descriptor.name, description: descriptor.description, merge, boundaries, series },
    kind: isHistogram ? 'histogram' : isCounter ? 'counter' : 'gauge',
  };
}

function descriptorOf({ name, unit = '', description }: InstrumentText): MetricData['descriptor'] {
  return { name, unit, description, valueType: DOUBLE };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1_000_000)];
}

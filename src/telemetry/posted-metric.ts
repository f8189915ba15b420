import type { HistogramSeries, NumberSeries } from './series.ts';

/** One instrument with its series, as processes tell each other of it: JSON goes there and back. */
export interface PostedMetric {
  readonly name: string;
  readonly description: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** What several processes make of their values. */
  readonly merge: Merge;
  /** Empty but for histograms. */
  readonly boundaries: readonly number[];
  readonly series: readonly (NumberSeries | HistogramSeries)[];
}

/** `newest`: the value that was set last. */
export type Merge = 'sum' | 'max' | 'min' | 'newest';

/** Adds up what several processes have counted, instrument by instrument and series by series, in the order of the first. Pure. */
export function mergeMetrics(posts: readonly (readonly PostedMetric[])[]): readonly PostedMetric[] {
  const merged = new Map<string, { metric: PostedMetric; series: Map<string, NumberSeries | HistogramSeries> }>();
  for (const metric of posts.flat()) {
    const own = merged.get(metric.name) ?? { metric, series: new Map() };
    merged.set(metric.name, own);
    for (const each of metric.series) {
      const key = JSON.stringify(each.attributes);
      const before = own.series.get(key);
      own.series.set(key, before === undefined ? each : mergeSeries(before, each, metric.merge));
    }
  }
  return [...merged.values()].map(({ metric, series }) => ({ ...metric, series: [...series.values()] }));
}

function mergeSeries(
  one: NumberSeries | HistogramSeries,
  other: NumberSeries | HistogramSeries,
  merge: Merge,
): NumberSeries | HistogramSeries {
  if ('counts' in one && 'counts' in other) return mergeHistograms(one, other);
  if ('counts' in one || 'counts' in other) return other;
  switch (merge) {
    case 'sum':
      return { ...one, value: one.value + other.value };
    case 'max':
      return other.value > one.value ? other : one;
    case 'min':
      return other.value < one.value ? other : one;
    case 'newest':
      return other.atMs > one.atMs ? other : one;
  }
}

function mergeHistograms(one: HistogramSeries, other: HistogramSeries): HistogramSeries {
  return {
    attributes: one.attributes,
    counts: one.counts.map((count, at) => count + (other.counts[at] ?? 0)),
    exemplars: one.counts.map((_, at) => {
      const [mine, others] = [one.exemplars[at], other.exemplars[at]];
      if (mine == null || others == null) return mine ?? others;
      return others.atMs > mine.atMs ? others : mine;
    }),
    count: one.count + other.count,
    sum: one.sum + other.sum,
    min: Math.min(one.min, other.min),
    max: Math.max(one.max, other.max),
  };
}

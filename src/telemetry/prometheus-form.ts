import type { Attributes } from '@opentelemetry/api';
import type { PostedMetric } from './posted-metric.ts';
import type { Exemplar, HistogramSeries, NumberSeries } from './series.ts';

/** A form of Prometheus: its own text, or OpenMetrics, which has room for exemplars. */
export type PrometheusForm = 'text' | 'openmetrics';

/** The content type of each form. */
export const CONTENT_TYPES: Readonly<Record<PrometheusForm, string>> = Object.freeze({
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
});

/** The form that a scraper asks for: OpenMetrics where it names it, as Prometheus does, else the text. Pure. */
export function formAskedFor(accept: string | undefined): PrometheusForm {
  return accept?.includes('application/openmetrics-text') ? 'openmetrics' : 'text';
}

/** Writes metrics for Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats/, https://prometheus.io/docs/specs/om/open_metrics_spec/, read 2026-11). Pure. */
export function writePrometheus(metrics: readonly PostedMetric[], form: PrometheusForm): string {
  const lines: string[] = [];
  for (const metric of metrics) writeFamily(lines, metric, form);
  if (form === 'openmetrics') lines.push('# EOF');
  return `${lines.join('\n')}\n`;
}

function writeFamily(lines: string[], metric: PostedMetric, form: PrometheusForm): void {
  const { series, kind } = metric;
  const name = nameOf(metric.name);
  const sample = kind === 'counter' ? `${name}_total` : name;
  const family = form === 'openmetrics' ? name : sample;
  lines.push(`# HELP ${family} ${escapeHelp(metric.description)}`, `# TYPE ${family} ${kind}`);
  if (kind !== 'histogram') {
    for (const { attributes, value } of series as readonly NumberSeries[])
      lines.push(`${sample}${labelsOf(attributes)} ${numberOf(value)}`);
    return;
  }
  for (const each of series as readonly HistogramSeries[]) writeHistogram(lines, name, each, metric.boundaries, form);
}

function writeHistogram(
  lines: string[],
  name: string,
  { attributes, counts, exemplars, count, sum }: HistogramSeries,
  boundaries: readonly number[],
  form: PrometheusForm,
): void {
  const labels = labelsOf(attributes);
  lines.push(`${name}_count${labels} ${count}`, `${name}_sum${labels} ${numberOf(sum)}`);
  let below = 0;
  for (const [at, bucket] of counts.entries()) {
    below += bucket;
    const bound = boundaries[at] ?? Number.POSITIVE_INFINITY;
    const example = form === 'openmetrics' ? exemplarOf(exemplars[at]) : '';
    lines.push(`${name}_bucket${labelsOf(attributes, `le="${numberOf(bound)}"`)} ${below}${example}`);
  }
}

function exemplarOf(exemplar: Exemplar | null | undefined): string {
  if (exemplar == null) return '';
  const { traceId, spanId, value, atMs } = exemplar;
  return ` # {trace_id="${traceId}",span_id="${spanId}"} ${numberOf(value)} ${(atMs / 1000).toFixed(3)}`;
}

function labelsOf(attributes: Attributes, more = ''): string {
  const pairs = Object.entries(attributes).map(([key, value]) => `${nameOf(key)}="${escapeValue(String(value))}"`);
  if (more !== '') pairs.push(more);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function nameOf(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]+/g, '_');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

function numberOf(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

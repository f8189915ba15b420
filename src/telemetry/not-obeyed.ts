/** Variables of OpenTelemetry's specification that are not obeyed, with the values that ask for what is done anyway and what to do instead (specification/configuration/sdk-environment-variables.md of open-telemetry/opentelemetry-specification). */
const NOT_OBEYED: readonly (readonly [name: RegExp, same: readonly string[], instead: string])[] = [
  [/^OTEL_TRACES_SAMPLER(_ARG)?$/, [], 'spec.telemetry of the project says which requests are traced'],
  [/^OTEL_PROPAGATORS$/, ['tracecontext'], 'traces are passed on as W3C trace context, without baggage'],
  [/^OTEL_METRICS_EXEMPLAR_FILTER$/, ['trace_based'], 'exemplars are of requests that are exported as traces'],
  [/^OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE$/, ['cumulative'], 'metrics are cumulative'],
  [
    /^OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION$/,
    ['explicit_bucket_histogram'],
    'histograms have explicit buckets',
  ],
  [/^OTEL_LOG_LEVEL$/, [], 'what an exporter says of itself is not logged'],
  [/^OTEL_BLRP_/, [], 'logs go by the variables of OTEL_BSP_'],
  [/^OTEL_(BSP|METRIC)_EXPORT_TIMEOUT$/, [], 'OTEL_EXPORTER_OTLP_TIMEOUT is the time limit'],
  [/^OTEL_((SPAN|EVENT|LINK|LOGRECORD)_)?ATTRIBUTE_.+_LIMIT$/, [], 'the attributes of a request are a fixed set'],
  [/^OTEL_SPAN_(EVENT|LINK)_COUNT_LIMIT$/, [], 'the events of a request are bounded by its attempts'],
  [/^OTEL_(CONFIG_FILE|EXPERIMENTAL_CONFIG_FILE)$/, [], 'single variables are read'],
  [/^OTEL_EXPORTER_(PROMETHEUS|ZIPKIN)_/, [], 'metrics are served at /metrics, and traces go by OTLP'],
];

/** Says of each variable that is set and not obeyed what holds instead; names and fixed text, never a value. Pure. */
export function notObeyed(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(env).flatMap(([name, text]) => {
    const value = text?.trim().toLowerCase();
    if (!value || !name.startsWith('OTEL_')) return [];
    const known = NOT_OBEYED.find(([pattern]) => pattern.test(name));
    return known === undefined || known[1].includes(value) ? [] : [`${name}: not read; ${known[2]}`];
  });
}

import { notObeyed } from './not-obeyed.ts';

/** Where one signal goes. */
export interface OtlpTarget {
  readonly protocol: 'http/protobuf' | 'grpc';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly isCompressed: boolean;
}

/** What the standard `OTEL_*` variables ask for. Null: that signal is not exported. */
export interface OtlpSettings {
  readonly traces: OtlpTarget | null;
  readonly metrics: OtlpTarget | null;
  readonly logs: OtlpTarget | null;
  /** `OTEL_RESOURCE_ATTRIBUTES` and `OTEL_SERVICE_NAME`. */
  readonly resource: Readonly<Record<string, string>>;
  readonly metricsEveryMs: number;
  readonly batchEveryMs: number;
  readonly maxQueue: number;
  readonly maxBatch: number;
  /** Values that cannot be obeyed, for the log: names of variables and what is expected, never a value. */
  readonly problems: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;
type Signal = 'TRACES' | 'METRICS' | 'LOGS';

const NOTHING: OtlpSettings = Object.freeze({
  ...{ traces: null, metrics: null, logs: null },
  resource: {},
  ...{ metricsEveryMs: 60_000, batchEveryMs: 5000, maxQueue: 2048, maxBatch: 512 },
  problems: [],
});

/**
 * Reads the variables of OpenTelemetry's specification that name a collector. Nothing is exported unless one names an endpoint: of all signals
 * (`OTEL_EXPORTER_OTLP_ENDPOINT`) or of one (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, …). Pure.
 */
export function readOtlpSettings(env: Env): OtlpSettings {
  if (isDisabled(env)) return NOTHING;
  const problems: string[] = [];
  const target = (signal: Signal) => readTarget(env, signal, problems);
  const count = (name: string, fallback: number) => readCount(env, name, fallback, problems);
  const [traces, metrics, logs] = [target('TRACES'), target('METRICS'), target('LOGS')];
  if (traces !== null || metrics !== null || logs !== null) problems.push(...notObeyed(env));
  const maxQueue = count('OTEL_BSP_MAX_QUEUE_SIZE', NOTHING.maxQueue);
  return {
    ...{ traces, metrics, logs },
    resource: {
      ...readResource(env, problems),
      ...(env.OTEL_SERVICE_NAME ? { 'service.name': env.OTEL_SERVICE_NAME } : {}),
    },
    metricsEveryMs: count('OTEL_METRIC_EXPORT_INTERVAL', NOTHING.metricsEveryMs),
    batchEveryMs: count('OTEL_BSP_SCHEDULE_DELAY', NOTHING.batchEveryMs),
    maxQueue,
    maxBatch: Math.min(maxQueue, count('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', NOTHING.maxBatch)),
    problems,
  };
}

/** Whether `OTEL_SDK_DISABLED` asks for no telemetry at all. Pure. */
export function isDisabled(env: Env): boolean {
  return env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
}

function readTarget(env: Env, signal: Signal, problems: string[]): OtlpTarget | null {
  const exporter = env[`OTEL_${signal}_EXPORTER`]?.trim();
  const own = env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`]?.trim();
  const endpoint = own || env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim();
  if (!endpoint || exporter === 'none') return null;
  if (exporter && exporter !== 'otlp' && signal !== 'METRICS') {
    problems.push(`OTEL_${signal}_EXPORTER: this gateway knows otlp and none`);
    return null;
  }
  // Prometheus' form is always served at /metrics; the variable says that nothing else is wanted.
  if (exporter === 'prometheus') return null;
  const of = (name: string) =>
    env[`OTEL_EXPORTER_OTLP_${signal}_${name}`]?.trim() || env[`OTEL_EXPORTER_OTLP_${name}`]?.trim() || '';
  const protocol = of('PROTOCOL') || 'http/protobuf';
  if (protocol !== 'grpc' && protocol !== 'http/protobuf') {
    problems.push(`OTEL_EXPORTER_OTLP_PROTOCOL: ${signal.toLowerCase()} go by http/protobuf or grpc`);
    return null;
  }
  const url =
    protocol === 'http/protobuf' && !own ? `${endpoint.replace(/\/+$/, '')}/v1/${signal.toLowerCase()}` : endpoint;
  if (!URL.canParse(url) && protocol !== 'grpc') {
    problems.push(`OTEL_EXPORTER_OTLP_ENDPOINT: ${signal.toLowerCase()} need a URL such as http://localhost:4318`);
    return null;
  }
  return {
    protocol,
    url,
    headers: {
      ...readPairs(env.OTEL_EXPORTER_OTLP_HEADERS),
      ...readPairs(env[`OTEL_EXPORTER_OTLP_${signal}_HEADERS`]),
    },
    timeoutMs: readCount({ TIMEOUT: of('TIMEOUT') }, 'TIMEOUT', 10_000, problems),
    isCompressed: readCompression(of('COMPRESSION'), signal, problems),
  };
}

function readCompression(text: string, signal: Signal, problems: string[]): boolean {
  if (text !== '' && text !== 'none' && text !== 'gzip')
    problems.push(
      `OTEL_EXPORTER_OTLP_COMPRESSION: ${signal.toLowerCase()} are sent as they are; gzip or none is expected`,
    );
  return text === 'gzip';
}

/** One that cannot be decoded takes all with it, as the specification of resources asks. */
function readResource(env: Env, problems: string[]): Readonly<Record<string, string>> {
  const text = env.OTEL_RESOURCE_ATTRIBUTES;
  try {
    decodeURIComponent(text ?? '');
    return readPairs(text);
  } catch {
    problems.push('OTEL_RESOURCE_ATTRIBUTES: percent-encoded name=value,… is expected; none is used');
    return {};
  }
}

/** `a=b,c=d`, percent-encoded, as in W3C Baggage; a pair without a name is passed over. */
function readPairs(text: string | undefined): Readonly<Record<string, string>> {
  const pairs: [string, string][] = [];
  for (const pair of (text ?? '').split(',')) {
    const at = pair.indexOf('=');
    if (at > 0) pairs.push([pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())]);
  }
  return Object.fromEntries(pairs);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readCount(env: Env, name: string, fallback: number, problems: string[]): number {
  const text = env[name]?.trim();
  if (!text) return fallback;
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  problems.push(`${name}: a whole number above 0 is expected; ${fallback} is used`);
  return fallback;
}

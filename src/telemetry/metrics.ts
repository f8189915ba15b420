import { createInstruments, type Instruments, postOf } from './instruments.ts';
import type { KnownNames, MeasuredRequest, PolicyState, SecretStoreState } from './measured-request.ts';
import { mergeMetrics, type PostedMetric } from './posted-metric.ts';
import { CONTENT_TYPES, formAskedFor, writePrometheus } from './prometheus-form.ts';
import type { MetricPush } from './push-metrics.ts';
import { createRequestInstruments } from './request-instruments.ts';
import type { TraceIds } from './series.ts';

/** The metrics of one process. */
export interface Metrics {
  /**
   * The form of Prometheus that the scraper's `accept` asks for: its text form 0.0.4, or OpenMetrics with exemplars. What other processes on the same port have posted is added up with what this one
   * counted.
   */
  readonly scrape: (
    accept?: string,
    others?: readonly (readonly PostedMetric[])[],
  ) => { readonly contentType: string; readonly text: string };
  /** What this process counted, for another that is scraped. */
  readonly post: () => readonly PostedMetric[];
  /** Counts a request; where it has a trace, its durations are examples that lead there. */
  readonly measure: (request: MeasuredRequest, trace?: TraceIds) => void;
  /** Counts a budget that has reached a share of its limit. */
  readonly budgetReached: (threshold: { readonly budget: string; readonly share: number }) => void;
  /** Pushes once more where a collector is named, for two seconds at most. */
  readonly close: () => Promise<void>;
}

/** How metrics are opened. */
export interface MetricsOptions {
  readonly version: string;
  readonly known: KnownNames;
  /** Read at every scrape. */
  readonly policies: () => PolicyState;
  readonly nowMs: () => number;
  /** Pushes the same instruments to a collector. */
  readonly push?: MetricPush | null;
  /** What no collector has got, by signal; read at every scrape. */
  readonly exportsDropped?: () => readonly { readonly signal: string; readonly count: number }[];
  /** How each secret store is, by name; read at every scrape. */
  readonly secretStores?: () => readonly SecretStoreState[];
  /** False, as `OTEL_SDK_DISABLED` asks: requests are not measured, and what is scraped tells of the policies alone. True by default. */
  readonly isMeasuring?: boolean;
}

/** The last push may meet a collector that is away; no process stays for it. */
const PATIENCE_MS = 2000;

/**
 * Opens the instruments of the contract: OpenTelemetry names, served in Prometheus' forms and pushed where a collector is named. Label values that no policy and no catalogue entry
 * names are `other`. Effects: memory that grows with the number of known names only.
 */
export function openMetrics(options: MetricsOptions): Metrics {
  const { version, known, policies, nowMs, push = null, exportsDropped, secretStores, isMeasuring = true } = options;
  const instruments = createInstruments(nowMs);
  const requests = createRequestInstruments(instruments, known);
  watchPolicies(instruments, policies);
  if (exportsDropped !== undefined) {
    const description = 'Spans and log records that no collector has got, and exports of metrics that failed.';
    instruments.watch('counter', { name: 'signalbox.telemetry.dropped', description }, () =>
      exportsDropped().map(({ signal, count }) => ({ value: count, attributes: { 'signalbox.signal': signal } })),
    );
  }
  if (secretStores !== undefined) watchSecretStores(instruments, secretStores);
  const scope = { name: 'signalbox', version };
  push?.start(() => [
    { scope, metrics: instruments.collect().map(({ series, merge, boundaries, ...metric }) => metric) },
  ]);
  const post = () => instruments.collect().map(postOf);

  return {
    post,
    scrape(accept, others = []) {
      const form = formAskedFor(accept);
      const all = others.length === 0 ? post() : mergeMetrics([post(), ...others]);
      return { contentType: CONTENT_TYPES[form], text: writePrometheus(all, form) };
    },
    measure(request, trace = null) {
      if (isMeasuring) requests.measure(request, trace);
    },
    budgetReached(threshold) {
      if (isMeasuring) requests.budgetReached(threshold);
    },
    close: () => push?.close(PATIENCE_MS) ?? Promise.resolve(),
  };
}

function watchPolicies({ watch }: Instruments, policies: () => PolicyState): void {
  const one = (value: number) => [{ value, attributes: {} }];
  watch(
    'gauge',
    { name: 'signalbox.config.info', description: 'Always 1: which revision serves.', merge: 'max' },
    () => {
      const { revision, digest, environment } = policies();
      return [{ value: 1, attributes: { revision, digest, environment } }];
    },
  );
  watch(
    'gauge',
    {
      name: 'signalbox.config.last_reload_successful',
      description: '1 when the newest tree serves, 0 when it was refused and an older revision serves on.',
      merge: 'min',
    },
    () => one(policies().lastReloadSuccessful ? 1 : 0),
  );
  // Each process reads the same tree.
  watch('counter', { name: 'signalbox.config.rejected', description: 'Trees that were refused.', merge: 'max' }, () =>
    one(policies().rejected),
  );
  watch('counter', { name: 'signalbox.recorder.dropped', description: 'Decision records that were lost.' }, () =>
    one(policies().recordsDropped),
  );
}

function watchSecretStores({ watch }: Instruments, stores: () => readonly SecretStoreState[]): void {
  watch(
    'gauge',
    {
      name: 'signalbox.secret.store.problems',
      description: 'Secrets that the store gives no newer value of; the last good ones serve on.',
      merge: 'max',
    },
    () => stores().map(({ store, problems }) => ({ value: problems, attributes: { 'signalbox.store': store } })),
  );
  watch(
    'gauge',
    {
      name: 'signalbox.secret.store.unconfirmed',
      unit: 's',
      description: 'Since when the store has not confirmed the secret that it was asked for longest ago.',
      merge: 'max',
    },
    () =>
      stores().flatMap(({ store, unconfirmedMs }) =>
        unconfirmedMs === null ? [] : [{ value: unconfirmedMs / 1000, attributes: { 'signalbox.store': store } }],
      ),
  );
}

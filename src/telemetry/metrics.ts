import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { AggregationType, type IMetricReader, MeterProvider, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { inputTokens, outputTokens } from '#core';
import { operationName, providerName } from './gen-ai.ts';
import type { KnownNames, MeasuredRequest, PolicyState, SecretStoreState } from './measured-request.ts';

/** The metrics of one process. */
export interface Metrics {
  readonly contentType: string;
  /** The Prometheus text form, version 0.0.4. */
  readonly scrape: () => Promise<string>;
  readonly measure: (request: MeasuredRequest) => void;
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
  /** Pushes the same instruments to a collector. */
  readonly push?: { readonly reader: IMetricReader; readonly resource: MeterProviderResource } | null;
  /** How each secret store is, by name; read at every scrape. */
  readonly secretStores?: () => readonly SecretStoreState[];
  /** What no collector has got, by signal; read at every scrape. */
  readonly exportsDropped?: () => readonly { readonly signal: string; readonly count: number }[];
  /** False, as `OTEL_SDK_DISABLED` asks: requests are not measured, and what is scraped tells of the policies alone. True by default. */
  readonly isMeasuring?: boolean;
}

type MeterProviderResource = NonNullable<NonNullable<ConstructorParameters<typeof MeterProvider>[0]>['resource']>;

// The buckets of the GenAI semantic conventions, in seconds (OpenTelemetry semantic-conventions 1.37, gen-ai metrics).
const DURATION_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN_S = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const OVERHEAD_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/**
 * Opens the instruments of the contract: OpenTelemetry names, served in Prometheus' form. Label values that no policy and no catalogue entry names are
 * `other`. Effects: memory that grows with the number of known names only.
 */
export function openMetrics(options: MetricsOptions): Metrics {
  const { version, known, policies, push = null, exportsDropped, secretStores, isMeasuring = true } = options;
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const provider = new MeterProvider({
    readers: [exporter, ...(push === null ? [] : [push.reader])],
    views: VIEWS,
    ...(push === null ? {} : { resource: push.resource }),
  });
  const meter = provider.getMeter('signalbox', version);
  const duration = meter.createHistogram('gen_ai.client.operation.duration', {
    unit: 's',
    description: 'From the first byte of a request to the last of its answer.',
  });
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    description: 'Tokens of a request, by type.',
  });
  const firstToken = meter.createHistogram('gen_ai.server.time_to_first_token', {
    unit: 's',
    description: 'From the request to the first content of a streamed answer.',
  });
  const perToken = meter.createHistogram('gen_ai.server.time_per_output_token', {
    unit: 's',
    description: 'Time per output token after the first, of streamed answers.',
  });
  const overhead = meter.createHistogram('signalbox.overhead.duration', {
    unit: 's',
    description: 'Time of a request that no provider spent.',
  });
  const requests = meter.createCounter('signalbox.requests', { description: 'Requests by status and error code.' });
  const cost = meter.createCounter('signalbox.cost', { unit: 'USD', description: 'What requests cost.' });
  const attempts = meter.createCounter('signalbox.attempts', { description: 'Calls to providers by outcome.' });
  const fallbacks = meter.createCounter('signalbox.fallbacks', {
    description: 'Answers by another target than the first, by reason.',
  });
  const cache = meter.createCounter('signalbox.cache.requests', { description: 'Requests by what the cache said.' });
  const used = meter.createGauge('signalbox.budget.used_ratio', {
    description: 'Share of its limit that a budget’s last charged counter has used.',
  });
  const overruns = meter.createCounter('signalbox.budget.overruns', {
    description:
      'Charges beyond what was held for the request: a provider billed more than the bound, and the budget’s promise was broken.',
  });
  const verdicts = meter.createCounter('signalbox.guardrail.verdicts', {
    description:
      'What checks of guardrails came to, one for each check and stage of a request; `not_evaluated` is no pass.',
  });
  const reached = meter.createCounter('signalbox.budget.thresholds', {
    description: 'Shares of their limit that budgets have reached, each counted once per window.',
  });
  observePolicies(meter, policies);
  if (secretStores !== undefined) observeSecretStores(meter, secretStores);
  if (exportsDropped !== undefined) {
    meter
      .createObservableCounter('signalbox.telemetry.dropped', {
        description: 'Spans and log records that no collector has got, and exports of metrics that failed.',
      })
      .addCallback((result) => {
        for (const { signal, count } of exportsDropped()) result.observe(count, { 'signalbox.signal': signal });
      });
  }
  const name = (label: Parameters<KnownNames['has']>[0], value: string): string =>
    value === '' || known.has(label, value) ? value : 'other';

  return {
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    async scrape() {
      const { resourceMetrics } = await exporter.collect();
      return new PrometheusSerializer('', false, undefined, true, true).serialize(resourceMetrics);
    },
    measure(request) {
      if (!isMeasuring) return;
      const served = {
        'gen_ai.operation.name': operationName(request.operation),
        'gen_ai.provider.name': providerName(name('provider', request.provider)),
        'gen_ai.request.model': name('model', request.model),
        'signalbox.route': name('route', request.route),
      };
      const payer = {
        'signalbox.consumer': name('consumer', request.consumer),
        'signalbox.team': name('team', request.team),
      };
      duration.record(
        request.durationMs / 1000,
        request.code === null ? served : { ...served, 'error.type': request.code },
      );
      overhead.record(request.overheadMs / 1000, { 'signalbox.route': served['signalbox.route'] });
      requests.add(1, {
        ...served,
        ...payer,
        'http.response.status_code': request.status,
        'error.type': request.code ?? '',
      });
      cache.add(1, { 'signalbox.cache': request.cache, 'signalbox.route': served['signalbox.route'] });
      if (request.fallback !== null) fallbacks.add(1, { ...served, 'signalbox.reason': request.fallback });
      for (const attempt of request.attempts) {
        attempts.add(1, {
          'signalbox.target': name('target', attempt.target),
          'gen_ai.provider.name': providerName(name('provider', attempt.provider)),
          'gen_ai.request.model': name('model', attempt.model),
          'signalbox.outcome': attempt.outcome,
        });
      }
      for (const { budget, usedRatio } of request.budgets)
        used.record(usedRatio, { 'signalbox.budget': name('budget', budget) });
      for (const { guardrail, check, stage, action } of request.guardrails ?? []) {
        const isKnown = known.has('guardrail', guardrail);
        verdicts.add(1, {
          'signalbox.guardrail': name('guardrail', guardrail),
          'signalbox.check': isKnown ? check : 'other',
          'signalbox.stage': stage,
          'signalbox.verdict': action,
        });
      }
      for (const budget of request.overruns) overruns.add(1, { 'signalbox.budget': name('budget', budget) });
      if (request.costMicroUsd !== null && request.costMicroUsd > 0)
        cost.add(request.costMicroUsd / 1_000_000, { ...served, ...payer });
      if (request.usage === null) return;
      const output = outputTokens(request.usage);
      tokens.record(inputTokens(request.usage), { ...served, 'gen_ai.token.type': 'input' });
      tokens.record(output, { ...served, 'gen_ai.token.type': 'output' });
      if (!request.streamed || request.firstTokenMs === null) return;
      firstToken.record(request.firstTokenMs / 1000, served);
      if (output > 1) perToken.record((request.durationMs - request.firstTokenMs) / 1000 / (output - 1), served);
    },
    budgetReached({ budget, share }) {
      if (!isMeasuring) return;
      reached.add(1, { 'signalbox.budget': name('budget', budget), 'signalbox.share': `${Math.round(share * 100)}%` });
    },
    close: () => within(PATIENCE_MS, provider.shutdown()),
  };
}

/** The last push may meet a collector that is away; no process stays for it. */
const PATIENCE_MS = 2000;

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, patience]);
  clearTimeout(timer);
}

type Meter = ReturnType<MeterProvider['getMeter']>;

function observePolicies(meter: Meter, policies: () => PolicyState): void {
  meter
    .createObservableGauge('signalbox.config.info', { description: 'Always 1: which revision serves.' })
    .addCallback((result) => {
      const { revision, digest, environment } = policies();
      result.observe(1, { revision, digest, environment });
    });
  meter
    .createObservableGauge('signalbox.config.last_reload_successful', {
      description: '1 when the newest tree serves, 0 when it was refused and an older revision serves on.',
    })
    .addCallback((result) => result.observe(policies().lastReloadSuccessful ? 1 : 0));
  meter
    .createObservableCounter('signalbox.config.rejected', { description: 'Trees that were refused.' })
    .addCallback((result) => result.observe(policies().rejected));
  meter
    .createObservableCounter('signalbox.recorder.dropped', { description: 'Decision records that were lost.' })
    .addCallback((result) => result.observe(policies().recordsDropped));
}

function observeSecretStores(meter: Meter, stores: () => readonly SecretStoreState[]): void {
  meter
    .createObservableGauge('signalbox.secret.store.problems', {
      description: 'Secrets that the store gives no newer value of; the last good ones serve on.',
    })
    .addCallback((result) => {
      for (const { store, problems } of stores()) result.observe(problems, { 'signalbox.store': store });
    });
  meter
    .createObservableGauge('signalbox.secret.store.unconfirmed', {
      unit: 's',
      description: 'Since when the store has not confirmed the secret that it was asked for longest ago.',
    })
    .addCallback((result) => {
      for (const { store, unconfirmedMs } of stores()) {
        if (unconfirmedMs !== null) result.observe(unconfirmedMs / 1000, { 'signalbox.store': store });
      }
    });
}

const BUCKETS: Readonly<Record<string, readonly number[]>> = {
  'gen_ai.client.operation.duration': DURATION_S,
  'gen_ai.client.token.usage': TOKENS,
  'gen_ai.server.time_to_first_token': FIRST_TOKEN_S,
  'gen_ai.server.time_per_output_token': FIRST_TOKEN_S,
  'signalbox.overhead.duration': OVERHEAD_S,
};

/** Series by consumer need room: under the SDK's own bound of 2,000 a company's consumers would soon stand together in one. */
const MAX_SERIES = 20_000;

const VIEWS: ViewOptions[] = [
  ...Object.entries(BUCKETS).map(([instrumentName, boundaries]) => ({
    instrumentName,
    aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM as const, options: { boundaries: [...boundaries] } },
  })),
  ...['signalbox.requests', 'signalbox.cost'].map((instrumentName) => ({
    instrumentName,
    aggregationCardinalityLimit: MAX_SERIES,
  })),
];

import type { Attributes } from '@opentelemetry/api';
import { inputTokens, outputTokens } from '#core';
import { operationName, providerName } from './gen-ai.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import type { KnownNames, MeasuredRequest, PolicyState, SecretStoreState } from './measured-request.ts';
import { CONTENT_TYPES, formAskedFor, writePrometheus } from './prometheus-form.ts';
import type { MetricPush } from './push-metrics.ts';
import type { TraceIds } from './series.ts';

/** The metrics of one process. */
export interface Metrics {
  /** The form of Prometheus that the scraper's `accept` asks for: its text form 0.0.4, or OpenMetrics with exemplars. */
  readonly scrape: (accept?: string) => { readonly contentType: string; readonly text: string };
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

// The buckets of the GenAI semantic conventions, in seconds (OpenTelemetry semantic-conventions 1.37, gen-ai metrics).
const DURATION_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN_S = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const OVERHEAD_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Series by consumer need room: under the SDK's own bound of 2,000 a company's consumers would soon stand together in one. */
const MAX_SERIES = 20_000;
/** The last push may meet a collector that is away; no process stays for it. */
const PATIENCE_MS = 2000;

/**
 * Opens the instruments of the contract: OpenTelemetry names, served in Prometheus' forms and pushed where a collector is named. Label values that no policy and no catalogue entry
 * names are `other`. Effects: memory that grows with the number of known names only.
 */
export function openMetrics(options: MetricsOptions): Metrics {
  const { version, known, policies, nowMs, push = null, exportsDropped, secretStores, isMeasuring = true } = options;
  const instruments = createInstruments(nowMs);
  const { counter, gauge, histogram } = instruments;
  const duration = histogram(
    {
      name: 'gen_ai.client.operation.duration',
      unit: 's',
      description: 'From the first byte of a request to the last of its answer.',
    },
    DURATION_S,
  );
  const tokens = histogram(
    { name: 'gen_ai.client.token.usage', unit: '{token}', description: 'Tokens of a request, by type.' },
    TOKENS,
  );
  const firstToken = histogram(
    {
      name: 'gen_ai.server.time_to_first_token',
      unit: 's',
      description: 'From the request to the first content of a streamed answer.',
    },
    FIRST_TOKEN_S,
  );
  const perToken = histogram(
    {
      name: 'gen_ai.server.time_per_output_token',
      unit: 's',
      description: 'Time per output token after the first, of streamed answers.',
    },
    FIRST_TOKEN_S,
  );
  const overhead = histogram(
    {
      name: 'signalbox.overhead.duration',
      unit: 's',
      description: 'Time of a request that no provider spent.',
    },
    OVERHEAD_S,
  );
  const requests = counter({
    name: 'signalbox.requests',
    description: 'Requests by status and error code.',
    maxSeries: MAX_SERIES,
  });
  const cost = counter({
    name: 'signalbox.cost',
    unit: 'USD',
    description: 'What requests cost.',
    maxSeries: MAX_SERIES,
  });
  const attempts = counter({ name: 'signalbox.attempts', description: 'Calls to providers by outcome.' });
  const fallbacks = counter({
    name: 'signalbox.fallbacks',
    description: 'Answers by another target than the first, by reason.',
  });
  const cache = counter({ name: 'signalbox.cache.requests', description: 'Requests by what the cache said.' });
  const used = gauge({
    name: 'signalbox.budget.used_ratio',
    description: 'Share of its limit that a budget’s last charged counter has used.',
  });
  const overruns = counter({
    name: 'signalbox.budget.overruns',
    description:
      'Charges beyond what was held for the request: a provider billed more than the bound, and the budget’s promise was broken.',
  });
  const verdicts = counter({
    name: 'signalbox.guardrail.verdicts',
    description:
      'What checks of guardrails came to, one for each check and stage of a request; `not_evaluated` is no pass.',
  });
  const reached = counter({
    name: 'signalbox.budget.thresholds',
    description: 'Shares of their limit that budgets have reached, each counted once per window.',
  });
  watchPolicies(instruments, policies);
  if (exportsDropped !== undefined) {
    const description = 'Spans and log records that no collector has got, and exports of metrics that failed.';
    instruments.watch('counter', { name: 'signalbox.telemetry.dropped', description }, () =>
      exportsDropped().map(({ signal, count }) => ({ value: count, attributes: { 'signalbox.signal': signal } })),
    );
  }
  if (secretStores !== undefined) watchSecretStores(instruments, secretStores);
  const name = (label: Parameters<KnownNames['has']>[0], value: string): string =>
    value === '' || known.has(label, value) ? value : 'other';
  const scope = { name: 'signalbox', version };
  push?.start(() => [{ scope, metrics: instruments.collect().map(({ series, ...metric }) => metric) }]);

  return {
    scrape(accept) {
      const form = formAskedFor(accept);
      return { contentType: CONTENT_TYPES[form], text: writePrometheus(instruments.collect(), form) };
    },
    measure(request, trace = null) {
      if (!isMeasuring) return;
      const operation = operationName(request.operation);
      const provider = name('provider', request.provider);
      const model = name('model', request.model);
      const route = name('route', request.route);
      const consumer = name('consumer', request.consumer);
      const team = name('team', request.team);
      const { status } = request;
      const code = request.code ?? '';
      const byServed = keyOf(operation, provider, model, route);
      const byPayer = keyOf(byServed, consumer, team);
      const served = (): Attributes => ({
        'gen_ai.operation.name': operation,
        'gen_ai.provider.name': providerName(provider),
        'gen_ai.request.model': model,
        'signalbox.route': route,
      });
      const payer = (): Attributes => ({ ...served(), 'signalbox.consumer': consumer, 'signalbox.team': team });
      duration.record(
        request.durationMs / 1000,
        keyOf(byServed, code),
        () => (code === '' ? served() : { ...served(), 'error.type': code }),
        trace,
      );
      overhead.record(request.overheadMs / 1000, route, () => ({ 'signalbox.route': route }), trace);
      requests.add(1, keyOf(byPayer, String(status), code), () => ({
        ...payer(),
        'http.response.status_code': status,
        'error.type': code,
      }));
      cache.add(1, keyOf(request.cache, route), () => ({ 'signalbox.cache': request.cache, 'signalbox.route': route }));
      const { fallback } = request;
      if (fallback !== null)
        fallbacks.add(1, keyOf(byServed, fallback), () => ({ ...served(), 'signalbox.reason': fallback }));
      for (const attempt of request.attempts) {
        const target = name('target', attempt.target);
        const called = name('provider', attempt.provider);
        const asked = name('model', attempt.model);
        attempts.add(1, keyOf(target, called, asked, attempt.outcome), () => ({
          'signalbox.target': target,
          'gen_ai.provider.name': providerName(called),
          'gen_ai.request.model': asked,
          'signalbox.outcome': attempt.outcome,
        }));
      }
      for (const { budget, usedRatio } of request.budgets) {
        const known = name('budget', budget);
        used.set(usedRatio, known, () => ({ 'signalbox.budget': known }));
      }
      for (const { guardrail, check, stage, action } of request.guardrails ?? []) {
        const guard = name('guardrail', guardrail);
        const checked = known.has('guardrail', guardrail) ? check : 'other';
        verdicts.add(1, keyOf(guard, checked, stage, action), () => ({
          'signalbox.guardrail': guard,
          'signalbox.check': checked,
          'signalbox.stage': stage,
          'signalbox.verdict': action,
        }));
      }
      for (const each of request.overruns) {
        const budget = name('budget', each);
        overruns.add(1, budget, () => ({ 'signalbox.budget': budget }));
      }
      if (request.costMicroUsd !== null && request.costMicroUsd > 0)
        cost.add(request.costMicroUsd / 1_000_000, byPayer, payer);
      if (request.usage === null) return;
      const output = outputTokens(request.usage);
      const ofType = (type: string) => () => ({ ...served(), 'gen_ai.token.type': type });
      tokens.record(inputTokens(request.usage), keyOf(byServed, 'input'), ofType('input'), trace);
      tokens.record(output, keyOf(byServed, 'output'), ofType('output'), trace);
      if (!request.streamed || request.firstTokenMs === null) return;
      firstToken.record(request.firstTokenMs / 1000, byServed, served, trace);
      if (output > 1)
        perToken.record((request.durationMs - request.firstTokenMs) / 1000 / (output - 1), byServed, served, trace);
    },
    budgetReached({ budget, share }) {
      if (!isMeasuring) return;
      const known = name('budget', budget);
      const reachedShare = `${Math.round(share * 100)}%`;
      reached.add(1, keyOf(known, reachedShare), () => ({
        'signalbox.budget': known,
        'signalbox.share': reachedShare,
      }));
    },
    close: () => push?.close(PATIENCE_MS) ?? Promise.resolve(),
  };
}

/** Names hold no line feed, so that no two lists of them make the same key. */
function keyOf(...names: readonly string[]): string {
  return names.join('\n');
}

function watchPolicies({ watch }: Instruments, policies: () => PolicyState): void {
  const one = (value: number) => [{ value, attributes: {} }];
  watch('gauge', { name: 'signalbox.config.info', description: 'Always 1: which revision serves.' }, () => {
    const { revision, digest, environment } = policies();
    return [{ value: 1, attributes: { revision, digest, environment } }];
  });
  watch(
    'gauge',
    {
      name: 'signalbox.config.last_reload_successful',
      description: '1 when the newest tree serves, 0 when it was refused and an older revision serves on.',
    },
    () => one(policies().lastReloadSuccessful ? 1 : 0),
  );
  watch('counter', { name: 'signalbox.config.rejected', description: 'Trees that were refused.' }, () =>
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
    },
    () => stores().map(({ store, problems }) => ({ value: problems, attributes: { 'signalbox.store': store } })),
  );
  watch(
    'gauge',
    {
      name: 'signalbox.secret.store.unconfirmed',
      unit: 's',
      description: 'Since when the store has not confirmed the secret that it was asked for longest ago.',
    },
    () =>
      stores().flatMap(({ store, unconfirmedMs }) =>
        unconfirmedMs === null ? [] : [{ value: unconfirmedMs / 1000, attributes: { 'signalbox.store': store } }],
      ),
  );
}

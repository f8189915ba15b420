import type { Attributes } from '@opentelemetry/api';
import { inputTokens, outputTokens } from '#core';
import { operationName, providerName } from './gen-ai.ts';
import type { BoundCounter, BoundHistogram, Instruments } from './instruments.ts';
import type { KnownNames, MeasuredRequest } from './measured-request.ts';
import type { TraceIds } from './series.ts';

/** The instruments that requests are counted on. */
export interface RequestInstruments {
  /** Counts a request; where it has a trace, its durations are examples that lead there. */
  readonly measure: (request: MeasuredRequest, trace: TraceIds) => void;
  /** Counts a budget that has reached a share of its limit. */
  readonly budgetReached: (threshold: { readonly budget: string; readonly share: number }) => void;
}

// The buckets of the GenAI semantic conventions, in seconds (OpenTelemetry semantic-conventions 1.37, gen-ai metrics).
const DURATION_S = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const FIRST_TOKEN_S = [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const TOKENS = [1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const OVERHEAD_S = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Series by consumer need room: under the SDK's own bound of 2,000 a company's consumers would soon stand together in one. */
const MAX_SERIES = 20_000;
/** Requests of so many different kinds keep their series at hand; beyond it all are looked up anew. */
const MAX_KINDS = 10_000;

/** What a request is counted under, each a known name or `other`. */
type LabelValues = Readonly<Record<'operation' | 'provider' | 'model' | 'route' | 'consumer' | 'team', string>>;

/** The series of all requests that have the same labels: those that every one has, and the others as soon as one needs them. */
interface Kind {
  readonly duration: BoundHistogram;
  readonly requests: BoundCounter;
  readonly served: () => Attributes;
  readonly payer: () => Attributes;
  readonly byServed: string;
  readonly byPayer: string;
  cost: BoundCounter | null;
  input: BoundHistogram | null;
  output: BoundHistogram | null;
  firstToken: BoundHistogram | null;
  perToken: BoundHistogram | null;
}

/** Creates the instruments of requests. Label values that `known` does not have are `other`. Effects: memory that grows with the number of known names only. */
export function createRequestInstruments(
  { counter, gauge, histogram }: Instruments,
  known: KnownNames,
): RequestInstruments {
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
  const kinds = new Map<string, Kind>();
  const name = (label: Parameters<KnownNames['has']>[0], value: string): string =>
    value === '' || known.has(label, value) ? value : 'other';

  function kindOf(request: MeasuredRequest, route: string): Kind {
    const names = {
      operation: operationName(request.operation),
      provider: name('provider', request.provider),
      model: name('model', request.model),
      consumer: name('consumer', request.consumer),
      team: name('team', request.team),
      route,
    };
    const byServed = `${names.operation}\n${names.provider}\n${names.model}\n${route}`;
    const byPayer = `${byServed}\n${names.consumer}\n${names.team}`;
    const key = `${byPayer}\n${request.status}\n${request.code ?? ''}`;
    const kept = kinds.get(key);
    if (kept !== undefined) return kept;
    if (kinds.size >= MAX_KINDS) kinds.clear();
    const made = bind(request, names, { key, byServed, byPayer });
    kinds.set(key, made);
    return made;
  }

  function bind(
    { status, code }: MeasuredRequest,
    { operation, provider, model, route, consumer, team }: LabelValues,
    { key, byServed, byPayer }: Pick<Kind, 'byServed' | 'byPayer'> & { readonly key: string },
  ): Kind {
    const error = code ?? '';
    const served = (): Attributes => ({
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': providerName(provider),
      'gen_ai.request.model': model,
      'signalbox.route': route,
    });
    const payer = (): Attributes => ({ ...served(), 'signalbox.consumer': consumer, 'signalbox.team': team });
    return {
      duration: duration.bind(`${byServed}\n${error}`, () =>
        error === '' ? served() : { ...served(), 'error.type': error },
      ),
      requests: requests.bind(key, () => ({
        ...payer(),
        'http.response.status_code': status,
        'error.type': error,
      })),
      ...{ served, payer, byServed, byPayer },
      ...{ cost: null, input: null, output: null, firstToken: null, perToken: null },
    };
  }

  function measureAttempts(request: MeasuredRequest): void {
    for (const attempt of request.attempts) {
      const target = name('target', attempt.target);
      const called = name('provider', attempt.provider);
      const asked = name('model', attempt.model);
      attempts.add(1, `${target}\n${called}\n${asked}\n${attempt.outcome}`, () => ({
        'signalbox.target': target,
        'gen_ai.provider.name': providerName(called),
        'gen_ai.request.model': asked,
        'signalbox.outcome': attempt.outcome,
      }));
    }
  }

  function measureBudgets(request: MeasuredRequest): void {
    for (const { budget, usedRatio } of request.budgets) {
      const counted = name('budget', budget);
      used.set(usedRatio, counted, () => ({ 'signalbox.budget': counted }));
    }
    for (const each of request.overruns) {
      const budget = name('budget', each);
      overruns.add(1, budget, () => ({ 'signalbox.budget': budget }));
    }
  }

  function measureGuardrails(request: MeasuredRequest): void {
    for (const { guardrail, check, stage, action } of request.guardrails ?? []) {
      const guard = name('guardrail', guardrail);
      const checked = known.has('guardrail', guardrail) ? check : 'other';
      verdicts.add(1, `${guard}\n${checked}\n${stage}\n${action}`, () => ({
        'signalbox.guardrail': guard,
        'signalbox.check': checked,
        'signalbox.stage': stage,
        'signalbox.verdict': action,
      }));
    }
  }

  function measureUsage(request: MeasuredRequest, kind: Kind, trace: TraceIds): void {
    if (request.usage === null) return;
    const { served, byServed } = kind;
    const produced = outputTokens(request.usage);
    const ofType = (type: string) =>
      tokens.bind(`${byServed}\n${type}`, () => ({ ...served(), 'gen_ai.token.type': type }));
    kind.input ??= ofType('input');
    kind.output ??= ofType('output');
    kind.input.record(inputTokens(request.usage), trace);
    kind.output.record(produced, trace);
    if (!request.streamed || request.firstTokenMs === null) return;
    kind.firstToken ??= firstToken.bind(byServed, served);
    kind.firstToken.record(request.firstTokenMs / 1000, trace);
    if (produced <= 1) return;
    kind.perToken ??= perToken.bind(byServed, served);
    kind.perToken.record((request.durationMs - request.firstTokenMs) / 1000 / (produced - 1), trace);
  }

  return {
    measure(request, trace) {
      const route = name('route', request.route);
      const kind = kindOf(request, route);
      kind.duration.record(request.durationMs / 1000, trace);
      overhead.record(request.overheadMs / 1000, route, () => ({ 'signalbox.route': route }), trace);
      kind.requests.add(1);
      const answer = request.cache;
      cache.add(1, `${answer}\n${route}`, () => ({ 'signalbox.cache': answer, 'signalbox.route': route }));
      const { fallback, costMicroUsd } = request;
      if (fallback !== null) {
        fallbacks.add(1, `${kind.byServed}\n${fallback}`, () => ({ ...kind.served(), 'signalbox.reason': fallback }));
      }
      measureAttempts(request);
      measureBudgets(request);
      measureGuardrails(request);
      if (costMicroUsd !== null && costMicroUsd > 0) {
        kind.cost ??= cost.bind(kind.byPayer, kind.payer);
        kind.cost.add(costMicroUsd / 1_000_000);
      }
      measureUsage(request, kind, trace);
    },
    budgetReached({ budget, share }) {
      const counted = name('budget', budget);
      const reachedShare = `${Math.round(share * 100)}%`;
      reached.add(1, `${counted}\n${reachedShare}`, () => ({
        'signalbox.budget': counted,
        'signalbox.share': reachedShare,
      }));
    },
  };
}

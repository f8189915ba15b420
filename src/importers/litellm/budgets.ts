import type { JsonObject } from '#core';
import { decimal } from '../declare-model.ts';
import { addNamed, type Draft, note } from '../draft.ts';
import { CATALOGUE_NAMES } from '../foreign-providers.ts';
import { numberAt, type SourceNode, textAt } from '../source-node.ts';
import { windowOf } from '../time-spans.ts';
import type { Deployment } from './deployments.ts';
import type { Routing } from './routing.ts';

/** Where budgets stand in a LiteLLM file. */
export interface BudgetInput {
  readonly root: SourceNode;
  readonly settings: SourceNode | undefined;
  readonly router: SourceNode | undefined;
  readonly general: SourceNode | undefined;
  readonly deployments: readonly Deployment[];
  readonly routing: Routing;
}

/** Budgets of the proxy, of providers and of deployments; limits on parallel requests. */
export function addBudgets(draft: Draft, { settings, router, general, deployments, routing }: BudgetInput): void {
  const whole = numberAt(settings, 'max_budget');
  if (whole !== undefined && settings !== undefined) {
    addCost(
      draft,
      'everything',
      {},
      whole,
      textAt(settings, 'budget_duration'),
      settings.get('max_budget') ?? settings,
    );
  }
  for (const [provider, config] of router?.get('provider_budget_config')?.fields() ?? []) {
    const limit = numberAt(config, 'budget_limit') ?? numberAt(config, 'max_budget');
    if (limit === undefined) continue;
    const name = CATALOGUE_NAMES[provider.toLowerCase()] ?? provider.toLowerCase();
    const period = textAt(config, 'time_period') ?? textAt(config, 'budget_duration');
    addCost(draft, `provider-${name}`, { providers: [name, `${name}-*`] }, limit, period, config);
  }
  for (const deployment of deployments) {
    const params = deployment.node.get('litellm_params');
    if (deployment.use.kind !== 'model') continue;
    const scope = { models: [deployment.use.name] };
    const cost = numberAt(params, 'max_budget');
    if (cost !== undefined)
      addCost(
        draft,
        `${deployment.group}-cost`,
        scope,
        cost,
        textAt(params, 'budget_duration'),
        params ?? deployment.node,
      );
    const parallel = numberAt(params, 'max_parallel_requests');
    if (parallel !== undefined)
      addCount(draft, `${deployment.group}-parallel`, scope, { concurrency: parallel }, deployment.node);
    if (!routing.enforcesRates) continue;
    if (deployment.rpm !== undefined)
      addCount(draft, `${deployment.group}-rpm`, scope, { requests: deployment.rpm }, deployment.node);
    if (deployment.tpm !== undefined)
      addCount(draft, `${deployment.group}-tpm`, scope, { tokens: deployment.tpm }, deployment.node);
  }
  const global = numberAt(general, 'global_max_parallel_requests');
  if (global !== undefined && general !== undefined)
    addCount(draft, 'parallel', {}, { concurrency: global }, general.get('global_max_parallel_requests') ?? general);
  const perKey = numberAt(general, 'max_parallel_requests');
  if (perKey !== undefined && general !== undefined)
    addCount(
      draft,
      'parallel-per-consumer',
      {},
      { concurrency: perKey },
      general.get('max_parallel_requests') ?? general,
      ['consumer'],
    );
}

function addCost(
  draft: Draft,
  wanted: string,
  scope: JsonObject,
  usd: number,
  period: string | undefined,
  node: SourceNode,
): void {
  const cost = decimal(usd);
  if (cost === undefined) return;
  const window = windowOf(period);
  if (window === undefined) {
    note(
      draft,
      'differs',
      'budget-window',
      node,
      'without a duration LiteLLM’s budget never begins anew; here it does every quarter',
      'Write the `window` that is meant.',
    );
  }
  note(
    draft,
    'differs',
    'budget',
    node,
    'LiteLLM looks at what was spent before a call and may overspend; here the worst case of each call is held first',
    'Requests near the limit are refused earlier: raise it a little if they should not be.',
  );
  addNamed(
    draft,
    'Budget',
    wanted,
    {
      description: 'A budget of the former gateway',
      spec: {
        scope,
        limit: { cost: `${cost} USD` },
        window: window ?? { every: 'quarter', timezone: 'UTC' },
        alertAt: ['80%', '100%'],
        onExhausted: 'deny',
        failMode: 'closed',
        unpriced: 'hold',
      },
    },
    node,
  );
}

function addCount(
  draft: Draft,
  wanted: string,
  scope: JsonObject,
  limit: Readonly<Record<string, number>>,
  node: SourceNode,
  per: readonly string[] = [],
): void {
  if (Object.values(limit).some((count) => !Number.isInteger(count) || count < 0)) return;
  addNamed(
    draft,
    'Budget',
    wanted,
    {
      description: 'A rate limit of the former gateway',
      spec: {
        scope,
        ...(per.length > 0 && { per }),
        limit,
        window: { rolling: '1m' },
        onExhausted: 'deny',
        failMode: 'open',
      },
    },
    node,
  );
}

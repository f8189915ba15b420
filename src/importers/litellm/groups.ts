import { addChain, type DraftTarget, EVERY_FAILURE } from '../add-chain.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import type { SourceNode } from '../source-node.ts';
import type { Deployment } from './deployments.ts';
import type { Routing } from './routing.ts';

/** What groups are made of. */
export interface GroupInput {
  readonly deployments: readonly Deployment[];
  readonly routing: Routing;
  /** The cache of every route; null when LiteLLM has none switched on. */
  readonly cache: string | null;
  /** Guardrails that run on every request. */
  readonly guardrails: readonly string[];
  readonly isDropping: boolean;
  readonly root: SourceNode;
}

/** Failures after which LiteLLM asks another deployment of the same group; refusals of the request end it. */
const NEXT_DEPLOYMENT = ['rate-limit', 'server-error', 'timeout', 'network', 'auth', 'malformed', 'stream-error'];

/** A chain and a route for every model group, with the groups it falls back to. */
export function addGroups(draft: Draft, input: GroupInput): void {
  const groups = new Map<string, Deployment[]>();
  for (const deployment of input.deployments) {
    const list = groups.get(deployment.group) ?? [];
    list.push(deployment);
    groups.set(deployment.group, list);
  }
  const pools = new Map<string, string>();
  for (const [group, deployments] of groups) addGroup(draft, group, deployments, { ...input, groups, pools });
  for (const [alias, target] of input.routing.aliases) {
    if (!groups.has(target)) {
      note(
        draft,
        'left-out',
        'alias',
        input.root.get('router_settings')?.get('model_group_alias') ?? null,
        `the alias ${shown(alias)} names ${shown(target)}, which is no group of the file`,
        'Name a route’s model, or remove the alias.',
      );
    }
  }
}

interface Groups extends GroupInput {
  readonly groups: ReadonlyMap<string, readonly Deployment[]>;
  /** Chains of groups of several deployments, once made. */
  readonly pools: Map<string, string>;
}

function addGroup(draft: Draft, group: string, deployments: readonly Deployment[], input: Groups): void {
  const { routing } = input;
  const [first] = deployments;
  if (first === undefined) return;
  const aliases = [...routing.aliases].filter(([, target]) => target === group).map(([alias]) => alias);
  const isAnything = deployments.some(({ use }) => use.kind === 'any');
  const route = {
    match: group === '*' && aliases.length === 0 ? {} : { models: [group, ...aliases] },
    ...(!isAnything && { chain: chainOf(draft, group, deployments, input) }),
    ...(input.cache !== null && { cache: input.cache }),
    ...(input.guardrails.length > 0 && { guardrails: input.guardrails }),
    ...(input.isDropping && { unsupportedParams: 'drop' }),
  };
  addNamed(
    draft,
    'Route',
    group === '*' ? 'every-model' : group,
    { description: `The model group ${group}`, spec: route },
    first.node,
  );
}

function chainOf(draft: Draft, group: string, deployments: readonly Deployment[], input: Groups): string {
  const { routing } = input;
  const [first] = deployments;
  const node = first?.node ?? input.root;
  const plain = following(
    draft,
    group,
    routing.fallbacks.get(group) ?? routing.fallbacks.get('*') ?? routing.defaultFallbacks,
    input,
  );
  const context = following(
    draft,
    group,
    routing.contextFallbacks.get(group) ?? routing.contextFallbacks.get('*') ?? [],
    input,
  );
  const content = following(
    draft,
    group,
    routing.contentFallbacks.get(group) ?? routing.contentFallbacks.get('*') ?? [],
    input,
  );
  const others = [...new Set([...plain, ...context, ...content])];
  if (others.length === 0) return poolOf(draft, group, deployments, input);
  const named = [...plain.map(() => 'every'), ...context.map(() => 'context'), ...content.map(() => 'content')];
  if (new Set(named).size > 1) {
    note(
      draft,
      'differs',
      'fallback-kinds',
      routing.fallbackNode ?? node,
      `group ${shown(group)} has different fallbacks for different failures; here all of them are tried in order after each`,
      'Split the chain if a long prompt must not reach the ordinary fallback.',
    );
  }
  const fallbackOn =
    plain.length > 0
      ? EVERY_FAILURE
      : [...(context.length > 0 ? ['context-overflow'] : []), ...(content.length > 0 ? ['content-filter'] : [])];
  if (plain.length > 0) {
    note(
      draft,
      'differs',
      'fallback-on',
      routing.fallbackNode ?? node,
      'LiteLLM falls back on every error, a wrong key (401) and a refused request (400) included; the chains say so in `fallbackOn`',
      'Take `invalid-request` and `content-filter` out where a bad request should fail at once.',
    );
  }
  const targets = [
    ...targetsOf(draft, group, deployments, input),
    ...others.flatMap((name) => targetsOf(draft, name, input.groups.get(name) ?? [], input)),
  ];
  return addChain(
    draft,
    group,
    {
      description: `The model group ${group} with its fallbacks`,
      targets,
      fallbackOn,
      retry: targets.length > 0 ? routing.retry : undefined,
      timeouts: routing.timeouts,
      breaker: routing.breaker,
      maxAttempts: (1 + routing.retryCount) * (1 + others.length),
    },
    node,
  );
}

/** The groups that exist, without the group itself; the others are reported. */
function following(
  draft: Draft,
  group: string,
  names: readonly string[],
  { groups, routing }: Groups,
): readonly string[] {
  return names.filter((name) => {
    if (name === group) return false;
    const isKnown = groups.has(name) && !groups.get(name)?.some(({ use }) => use.kind === 'any');
    if (!isKnown)
      note(
        draft,
        'left-out',
        'fallback',
        routing.fallbackNode ?? null,
        `group ${shown(group)} falls back to ${shown(name)}, which is no group of the file`,
        'Add the model, and name it in the chain.',
      );
    if (isKnown && routing.fallbacks.has(name)) {
      note(
        draft,
        'differs',
        'fallback-depth',
        routing.fallbackNode ?? null,
        `${shown(name)} has fallbacks of its own; they are not followed from ${shown(group)}`,
        'Add them to the chain where they are wanted.',
      );
    }
    return isKnown;
  });
}

/** One target for a group of one deployment, else the group's pool as a nested chain. */
function targetsOf(
  draft: Draft,
  group: string,
  deployments: readonly Deployment[],
  input: Groups,
): readonly DraftTarget[] {
  const [only] = deployments;
  if (only === undefined) return [];
  if (deployments.length > 1) return [{ label: group, chain: poolOf(draft, group, deployments, input) }];
  return target(only, undefined);
}

function poolOf(draft: Draft, group: string, deployments: readonly Deployment[], input: Groups): string {
  const known = input.pools.get(group);
  if (known !== undefined) return known;
  const { routing } = input;
  const [first] = deployments;
  const node = first?.node ?? input.root;
  const isSeveral = deployments.length > 1;
  const isOrdered = deployments.some(({ order }) => order !== undefined);
  const sorted = isOrdered
    ? [...deployments].sort((a, b) => (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER))
    : deployments;
  const weights = weightsOf(draft, sorted, routing, node);
  if (isSeveral && !isOrdered && routing.strategy === 'weighted') {
    note(
      draft,
      'differs',
      'weights',
      node,
      `LiteLLM draws among the deployments of ${shown(group)} at random; here each has a share, and the shares sum to 100`,
      'Look at the weights of the chain.',
    );
  }
  if (isSeveral) {
    note(
      draft,
      'differs',
      'retry',
      node,
      `a retry of LiteLLM takes any deployment of ${shown(group)}; here a failure goes on to the next target, each tried once`,
      'Give targets `retry.max` where one should be tried again itself.',
    );
  }
  const name = addChain(
    draft,
    isSeveral ? `${group}-pool` : group,
    {
      description: `The deployments of the model group ${group}`,
      strategy: isOrdered ? 'fallback' : routing.strategy,
      targets: sorted.flatMap((deployment, index) => target(deployment, weights[index])),
      fallbackOn: isSeveral ? NEXT_DEPLOYMENT : undefined,
      retry: isSeveral ? { max: 0 } : routing.retry,
      timeouts: routing.timeouts,
      breaker: isSeveral ? routing.breaker : undefined,
      maxAttempts: Math.max(1 + routing.retryCount, deployments.length),
    },
    node,
  );
  input.pools.set(group, name);
  return name;
}

function target({ use, params, timeouts }: Deployment, weight: number | undefined): readonly DraftTarget[] {
  if (use.kind === 'any') return [];
  const label = use.name;
  const place = use.kind === 'model' ? { model: use.name } : { provider: use.name };
  return [
    {
      label,
      ...place,
      ...(weight !== undefined && { weight }),
      ...(params && { params }),
      ...(timeouts && { timeouts }),
    },
  ];
}

/** LiteLLM's simple shuffle draws by `weight`, else by `rpm`, else by `tpm`, where the first deployment has one. */
function weightsOf(
  draft: Draft,
  deployments: readonly Deployment[],
  routing: Routing,
  node: SourceNode,
): readonly number[] {
  const key = (['weight', 'rpm', 'tpm'] as const).find((each) => deployments[0]?.[each] !== undefined);
  if (!routing.enforcesRates && deployments.some(({ rpm, tpm }) => rpm !== undefined || tpm !== undefined)) {
    const use =
      deployments.length > 1 && key !== undefined && key !== 'weight'
        ? 'they became the weights'
        : 'they limit nothing here either';
    note(
      draft,
      'differs',
      'rate',
      node,
      `rpm and tpm of a deployment guide LiteLLM’s choice and are no limits under this strategy; ${use}`,
      'Add a Budget on requests or tokens where a limit is meant.',
    );
  }
  return deployments.map((deployment) => (key === undefined ? 1 : (deployment[key] ?? 0)));
}

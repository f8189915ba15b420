import { addChain, type DraftTarget, EVERY_FAILURE } from '../add-chain.ts';
import { declareModel } from '../declare-model.ts';
import { declareProvider } from '../declare-provider.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { numberAt, type SourceNode, textAt, textOf } from '../source-node.ts';
import { matchOf } from './binds.ts';
import { policiesOf } from './policies.ts';
import { keyOf, readProviderMap, targetFor, typeOf } from './provider.ts';

/** AgentgatewayModel, AgentgatewayBackend with HTTPRoute, and AgentgatewayPolicy; what else a cluster holds is none of a gateway's policies. */
export function addCluster(draft: Draft, resources: readonly SourceNode[]): void {
  const backends = new Map<string, readonly DraftTarget[]>();
  for (const node of resources) {
    for (const key of ['apiVersion', 'kind', 'metadata', 'status']) node.get(key)?.take();
    const kind = textAt(node, 'kind');
    const name = textAt(node.get('metadata'), 'name') ?? 'unnamed';
    if (kind === 'AgentgatewayModel') addModel(draft, node, name);
    else if (kind === 'AgentgatewayBackend') backends.set(name, backendTargets(draft, node, name));
    else if (kind !== 'HTTPRoute') ignore(draft, node, kind ?? '', name);
  }
  for (const node of resources) if (textAt(node, 'kind') === 'HTTPRoute') addHttpRoute(draft, node, backends);
  const routed = draft.documents.some(({ kind }) => kind === 'Route');
  if (routed) return;
  for (const [name, targets] of backends) {
    if (targets.length > 0)
      addChain(
        draft,
        name,
        { description: `The backend ${name}`, targets, fallbackOn: EVERY_FAILURE },
        resources[0] as SourceNode,
      );
  }
}

function addModel(draft: Draft, node: SourceNode, name: string): void {
  const spec = node.get('spec');
  spec?.get('parentRefs')?.take();
  const requested = textAt(spec?.get('match'), 'model') ?? name;
  const policies = spec?.get('policies');
  const provider = textAt(spec, 'provider') ?? spec?.get('provider')?.fields()[0]?.[0];
  if (provider === undefined) return;
  const type = typeOf(provider);
  const declared = declareProvider(draft, { type, ...keyOf(draft, policies?.get('auth'), type) }, node);
  let upstream = textAt(spec, 'model') ?? requested;
  for (const change of policies?.get('transformations')?.items() ?? []) {
    const literal = /^"([^"]+)"$/.exec(textAt(change, 'expression') ?? '')?.[1];
    if (textAt(change, 'field') === 'model' && literal !== undefined) upstream = literal;
    else
      note(
        draft,
        'left-out',
        'transformation',
        change,
        'an expression that changes the request',
        'Set parameters in `params` of the target.',
      );
  }
  const settings = policiesOf(draft, policies);
  const headers = headersOf(draft, policies?.get('authorization'));
  const target = upstream.includes('*')
    ? { label: provider, provider: declared.name }
    : { label: upstream, model: declareModel(draft, declared, upstream, {}, node) };
  const chain = addChain(
    draft,
    name,
    { description: `The model ${requested}`, targets: [target], timeouts: settings.timeouts, retry: settings.retry },
    node,
  );
  addNamed(
    draft,
    'Route',
    name,
    {
      description: `The model ${requested}`,
      spec: {
        match: { ...(requested !== '*' && { models: [requested] }), ...(headers && { headers }) },
        chain,
        ...settings.route,
      },
    },
    node,
  );
}

/** `request.headers["x"] == "a"` and `in ["a", "b"]` as conditions of the route. */
function headersOf(
  draft: Draft,
  node: SourceNode | undefined,
): Readonly<Record<string, readonly string[]>> | undefined {
  if (node === undefined) return undefined;
  const expressions = node.get('policy')?.get('matchExpressions')?.items() ?? [];
  const found: Record<string, readonly string[]> = {};
  for (const each of expressions) {
    const text = textOf(each) ?? '';
    const one = /^request\.headers\["([\w-]+)"\]\s*==\s*"([^"]*)"$/.exec(text);
    const several = /^request\.headers\["([\w-]+)"\]\s+in\s+\[([^\]]*)\]$/.exec(text);
    const name = one?.[1] ?? several?.[1];
    const values = one
      ? [one[2] ?? '']
      : Array.from((several?.[2] ?? '').matchAll(/"([^"]*)"/g), ([, value]) => value ?? '');
    if (name !== undefined && values.length > 0) found[name] = values;
    else
      note(
        draft,
        'left-out',
        'authorization',
        each,
        'an expression of authorization that a route cannot see',
        'Write consumers with `allow`, or a CEL `when`.',
      );
  }
  if (Object.keys(found).length === 0) return undefined;
  note(
    draft,
    'differs',
    'authorization',
    node,
    'a header that allows became a condition of the route: without it the request matches no route (404), not refused (403)',
    'Better: write consumers with labels, and match on those; a caller can send any header.',
  );
  return found;
}

function backendTargets(draft: Draft, node: SourceNode, name: string): readonly DraftTarget[] {
  const spec = node.get('spec');
  const ai = spec?.get('ai');
  const auth = spec?.get('policies')?.get('auth');
  const groups = ai?.get('groups')?.items() ?? [];
  const holders =
    groups.length > 0 ? groups.flatMap((group) => group.get('providers')?.items() ?? []) : ai === undefined ? [] : [ai];
  return holders.flatMap((holder) => {
    const shape =
      holder.get('provider') === undefined
        ? null
        : readProviderMap(draft, holder, holder.get('policies')?.get('auth') ?? auth);
    if (shape !== null) return [targetFor(draft, shape, textAt(holder, 'name') ?? name, holder)];
    note(
      draft,
      'left-out',
      'backend',
      holder,
      `the backend ${shown(name)} names no AI provider`,
      'Name it as a Provider.',
    );
    return [];
  });
}

function addHttpRoute(draft: Draft, node: SourceNode, backends: ReadonlyMap<string, readonly DraftTarget[]>): void {
  const name = textAt(node.get('metadata'), 'name') ?? 'route';
  const spec = node.get('spec');
  for (const key of ['parentRefs', 'hostnames']) spec?.get(key)?.take();
  for (const rule of spec?.get('rules')?.items() ?? []) {
    const targets = (rule.get('backendRefs')?.items() ?? []).flatMap((reference) => {
      const backend = backends.get(textAt(reference, 'name') ?? '') ?? [];
      const weight = numberAt(reference, 'weight');
      reference.take();
      return backend.map((target) => ({ ...target, ...(weight !== undefined && { weight }) }));
    });
    if (targets.length === 0) {
      note(
        draft,
        'left-out',
        'backend',
        rule,
        `the backends of ${shown(name)} are no AI providers of the file`,
        'Import the file that holds them together with this one.',
      );
      rule.take();
      continue;
    }
    const isWeighted = targets.some(({ weight }) => weight !== undefined);
    const chain = addChain(
      draft,
      name,
      {
        description: `The route ${name}`,
        strategy: isWeighted ? 'weighted' : 'fallback',
        targets,
        fallbackOn: isWeighted ? [] : EVERY_FAILURE,
      },
      rule,
    );
    addNamed(
      draft,
      'Route',
      name,
      { description: `The route ${name}`, spec: { match: matchOf(draft, rule), chain } },
      rule,
    );
  }
}

function ignore(draft: Draft, node: SourceNode, kind: string, name: string): void {
  const isPolicy = /Policy|Intelligent/.test(kind);
  const message = isPolicy
    ? `${shown(kind)} ${shown(name)} changes requests by a service or an expression of its own`
    : `${shown(kind)} ${shown(name)} is part of the cluster and no policy`;
  note(
    draft,
    isPolicy ? 'left-out' : 'ignored',
    isPolicy ? 'policy' : 'cluster',
    node,
    message,
    isPolicy
      ? 'Write routes with conditions, guardrails or budgets for what it decides.'
      : 'Leave it where it is deployed.',
  );
  node.take();
}

import { addChain, type DraftTarget, EVERY_FAILURE } from '../add-chain.ts';
import { readBaseUrl } from '../base-url.ts';
import { decimal, declareModel, type ModelFacts } from '../declare-model.ts';
import { type Access, declareProvider } from '../declare-provider.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { variableName } from '../names.ts';
import { type SecretRef, secretFrom } from '../secret-source.ts';
import { numberAt, type SourceNode, textAt, textOf, textsAt } from '../source-node.ts';
import { milliseconds } from '../time-spans.ts';

/** Names a model of the file, or `provider::model`, as a target. */
export type ModelTargets = (name: string, node: SourceNode) => readonly DraftTarget[];

/** A chain and a route for every model; returns how variants name models. */
export function addModels(draft: Draft, root: SourceNode): ModelTargets {
  const defaults = root.get('provider_types');
  const own = new Map<string, readonly DraftTarget[]>();
  for (const section of ['models', 'embedding_models'] as const) {
    for (const [name, node] of root.get(section)?.fields() ?? []) {
      const targets = targetsOf(draft, node, defaults, section === 'embedding_models');
      if (targets.length === 0) {
        note(
          draft,
          'left-out',
          'model',
          node,
          `no provider of the model ${shown(name)} can be reached from here`,
          'Add a provider and a model by hand.',
        );
        continue;
      }
      const chain = addChain(
        draft,
        name,
        { description: `The model ${name}`, targets, fallbackOn: EVERY_FAILURE },
        node,
      );
      if (targets.length > 1)
        note(
          draft,
          'differs',
          'fallback-on',
          node,
          'TensorZero tries the next provider on every failure, a wrong key (401) included; the chain says so',
          'Take `invalid-request` out of `fallbackOn` where a bad request should fail at once.',
        );
      const kind = section === 'models' ? 'model_name' : 'embedding_model_name';
      addNamed(
        draft,
        'Route',
        name,
        {
          description: `The model ${name}`,
          spec: { match: { models: [name, `tensorzero::${kind}::${name}`] }, chain },
        },
        node,
      );
      own.set(name, [{ label: name, chain }]);
    }
  }
  return (name, node) => {
    const known = own.get(name);
    if (known !== undefined) return known;
    const short = /^([\w-]+)::(.+)$/.exec(name);
    if (short === null) {
      note(draft, 'left-out', 'model', node, `${shown(name)} is no model of the file`, 'Name a model in `[models]`.');
      return [];
    }
    const [, type = '', upstream = ''] = short;
    const access = withDefaults(draft, { type }, defaults?.get(type)?.get('defaults'));
    const provider = declareProvider(draft, access, node);
    return [{ label: upstream, model: declareModel(draft, provider, upstream, {}, node) }];
  };
}

function targetsOf(
  draft: Draft,
  model: SourceNode,
  defaults: SourceNode | undefined,
  isEmbedding: boolean,
): readonly DraftTarget[] {
  const providers = model.get('providers');
  const routing = textsAt(model, 'routing');
  const names = routing.length > 0 ? routing : (providers?.fields() ?? []).map(([name]) => name);
  return names.flatMap((name) => {
    const node = providers?.get(name);
    if (node === undefined) {
      note(
        draft,
        'left-out',
        'model',
        model.get('routing') ?? model,
        `\`routing\` names ${shown(name)}, which is no provider of the model`,
        'Correct the name.',
      );
      return [];
    }
    const type = textAt(node, 'type') ?? name;
    if (/sagemaker|gcp_vertex_anthropic|^dummy$/.test(type)) {
      note(
        draft,
        'left-out',
        'provider',
        node,
        `${shown(type)} is not spoken here`,
        'Use the model at its own provider, or an OpenAI-compatible endpoint.',
      );
      node.take();
      return [];
    }
    const upstream =
      textAt(node, 'model_name') ??
      textAt(node, 'model_id') ??
      textAt(node, 'deployment_id') ??
      textAt(node, 'endpoint_id') ??
      String(model.path.at(-1));
    const provider = declareProvider(draft, accessOf(draft, type, node, defaults), node);
    const timeout = timeoutsOf(node) ?? timeoutsOf(model);
    const facts: ModelFacts = {
      ...costOf(draft, node.get('cost')),
      ...(isEmbedding && provider.facts === null && { capabilities: ['embeddings'] }),
    };
    return [
      {
        label: name,
        model: declareModel(draft, provider, upstream, facts, node),
        ...(timeout && { timeouts: timeout }),
      },
    ];
  });
}

function accessOf(draft: Draft, type: string, node: SourceNode, defaults: SourceNode | undefined): Access {
  const baseNode = node.get('api_base') ?? node.get('endpoint');
  const base = textOf(baseNode);
  const keyNode = node.get('api_key_location') ?? node.get('credential_location');
  const access: Access = {
    type: /^(?:tgi|sglang)$/.test(type)
      ? 'openai_like'
      : type === 'openai' && base !== undefined && !/api\.openai\.com/.test(base)
        ? 'openai_like'
        : type,
    ...(baseNode !== undefined && base !== undefined && { baseUrl: readBaseUrl(draft, baseNode, base) }),
    ...keyOf(draft, keyNode, type),
    region: textAt(node, 'region') ?? textAt(node, 'location'),
    project: textAt(node, 'project_id'),
  };
  return keyNode === undefined ? withDefaults(draft, access, defaults?.get(type)?.get('defaults')) : access;
}

function withDefaults(draft: Draft, access: Access, defaults: SourceNode | undefined): Access {
  const keyNode = defaults?.get('api_key_location') ?? defaults?.get('credential_location');
  return keyNode === undefined ? access : { ...access, ...keyOf(draft, keyNode, access.type) };
}

function keyOf(
  draft: Draft,
  node: SourceNode | undefined,
  type: string,
): { readonly secrets?: readonly SecretRef[]; readonly isKeyless?: boolean } {
  const text = textOf(node) ?? textAt(node, 'default');
  node?.take();
  if (node === undefined || text === undefined) return {};
  if (text === 'none') return { isKeyless: true };
  const dynamic = /^dynamic::(.+)$/.exec(text)?.[1];
  if (dynamic !== undefined) {
    note(
      draft,
      'differs',
      'secret',
      node,
      'the key comes with each request as a credential; here it is a variable',
      `Set ${variableName(dynamic)}, or give callers consumers of their own.`,
    );
    return { secrets: [{ env: variableName(dynamic) }] };
  }
  const secret = secretFrom(draft, node, `${variableName(type)}_API_KEY`) ?? { env: `${variableName(type)}_API_KEY` };
  return { secrets: [secret] };
}

function timeoutsOf(node: SourceNode) {
  const timeouts = node.get('timeouts');
  const total = milliseconds(numberAt(timeouts?.get('non_streaming'), 'total_ms'));
  const firstToken = milliseconds(numberAt(timeouts?.get('streaming'), 'ttft_ms'));
  return total === undefined && firstToken === undefined
    ? undefined
    : { ...(firstToken && { firstToken }), ...(total && { total }) };
}

/** `cost` names fields of the answer by pointer; those of OpenAI's usage are known. */
function costOf(draft: Draft, node: SourceNode | undefined): ModelFacts {
  if (node === undefined) return {};
  const prices = new Map<string, number>();
  for (const row of node.items()) {
    const pointer = textAt(row, 'pointer') ?? '';
    const perMillion = numberAt(row, 'cost_per_million');
    row.get('required')?.take();
    const kind = /cached_tokens|cache_read/.test(pointer)
      ? 'cacheRead'
      : /completion_tokens$|output_tokens$/.test(pointer)
        ? 'output'
        : /prompt_tokens$|input_tokens$/.test(pointer)
          ? 'input'
          : null;
    if (kind === null || perMillion === undefined)
      note(
        draft,
        'left-out',
        'price',
        row,
        'a price of something that is no class of tokens here',
        'See docs/kinds/model.md for the classes.',
      );
    else prices.set(kind, perMillion);
  }
  const cached = prices.get('cacheRead');
  if (cached !== undefined)
    note(
      draft,
      'differs',
      'price',
      node,
      'TensorZero adds a correction for cached tokens, which count as input too; here the classes are disjoint and have full prices',
      'Compare `prices` with the provider’s list.',
    );
  const input = prices.get('input');
  return {
    input: decimal(input),
    output: decimal(prices.get('output')),
    cacheRead: decimal(cached === undefined ? undefined : cached < 0 ? (input ?? 0) + cached : cached),
  };
}

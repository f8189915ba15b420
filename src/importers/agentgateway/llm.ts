import { addChain, type DraftTarget, EVERY_FAILURE } from '../add-chain.ts';
import { ownHost, readBaseUrl } from '../base-url.ts';
import { declareModel } from '../declare-model.ts';
import { declareProvider } from '../declare-provider.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { variableName } from '../names.ts';
import { requestParams } from '../request-params.ts';
import { secretFrom, variableOf } from '../secret-source.ts';
import { numberAt, type SourceNode, textAt, textOf } from '../source-node.ts';
import { policiesOf } from './policies.ts';
import { typeOf } from './provider.ts';

/** `llm.models` and `llm.virtualModels`: a chain and a route for each. */
export function addLlm(draft: Draft, llm: SourceNode): void {
  const port = llm.get('port');
  port?.take();
  const shared = policiesOf(draft, llm.get('policies'));
  const targets = new Map<string, DraftTarget>();
  for (const node of llm.get('models')?.items() ?? []) {
    const name = textAt(node, 'name');
    const target = name === undefined ? null : modelTarget(draft, node, name);
    if (name === undefined || target === null) continue;
    targets.set(name, target);
    const isInternal = textAt(node, 'visibility') === 'internal';
    const own = policiesOf(draft, node.get('policies') ?? undefined);
    if (isInternal) continue;
    const chain = addChain(
      draft,
      name,
      { description: `The model ${name}`, targets: [target], timeouts: own.timeouts, retry: own.retry },
      node,
    );
    addNamed(
      draft,
      'Route',
      name,
      {
        description: `The model ${name}`,
        spec: { match: name === '*' ? {} : { models: [name] }, chain, ...shared.route, ...own.route },
      },
      node,
    );
  }
  for (const node of llm.get('virtualModels')?.items() ?? []) addVirtual(draft, node, targets, shared.route);
}

function modelTarget(draft: Draft, node: SourceNode, name: string): DraftTarget | null {
  const params = node.get('params');
  const providerNode = node.get('provider');
  const provider = textOf(providerNode) ?? providerNode?.fields()[0]?.[0];
  if (provider === undefined) {
    note(draft, 'left-out', 'model', node, `the model ${shown(name)} names no provider`, 'Name a provider.');
    return null;
  }
  if (typeof providerNode?.value === 'object') providerNode.take();
  const type = typeOf(provider);
  const baseNode = params?.get('baseUrl') ?? params?.get('hostOverride');
  const base = textOf(baseNode);
  const owner = (base === undefined ? null : ownHost(base)) ?? type;
  const secret = secretFrom(draft, params?.get('apiKey'), `${variableName(owner)}_API_KEY`);
  const isOwn = base === undefined || /api\.(openai|anthropic)\.com|generativelanguage/.test(base);
  const declared = declareProvider(
    draft,
    {
      type: isOwn || type !== 'openai' ? type : 'openai_like',
      ...(baseNode !== undefined && base !== undefined && { baseUrl: readBaseUrl(draft, baseNode, base) }),
      ...(secret !== null && { secrets: [secret] }),
      region: textAt(params, 'awsRegion') ?? textAt(params, 'vertexRegion'),
      project: textAt(params, 'vertexProject'),
      apiVersion: textAt(params, 'azureApiVersion'),
    },
    node,
  );
  const overrides = requestParams(node.get('overrides')?.take()) ?? requestParams(node.get('defaults')?.take());
  const extra = overrides === undefined ? {} : { params: overrides };
  const upstream = textAt(params, 'model');
  const transformation = textAt(node.get('transformation'), 'model');
  if (upstream !== undefined && variableOf(upstream) === null)
    return { label: name, model: declareModel(draft, declared, upstream, {}, node), ...extra };
  if (transformation !== undefined && !/stripPrefix\(/.test(transformation)) {
    note(
      draft,
      'left-out',
      'transformation',
      node.get('transformation') ?? node,
      'an expression that makes the model’s name',
      'Name a model for each name that callers use.',
    );
  }
  if (name.includes('*')) return { label: name.replaceAll('*', 'any'), provider: declared.name, ...extra };
  return { label: name, model: declareModel(draft, declared, name, {}, node), ...extra };
}

function addVirtual(draft: Draft, node: SourceNode, models: ReadonlyMap<string, DraftTarget>, shared: object): void {
  const name = textAt(node, 'name');
  const routing = node.get('routing');
  const [kind, config] = routing?.fields()[0] ?? [];
  if (name === undefined || kind === undefined || config === undefined) return;
  const items = config.get('targets')?.items() ?? (Array.isArray(config.value) ? config.items() : []);
  const found = items.flatMap((item) => {
    const model = textAt(item, 'model') ?? textAt(item, 'name');
    const target = model === undefined ? undefined : models.get(model);
    if (target === undefined)
      note(
        draft,
        'left-out',
        'virtual-model',
        item,
        `${shown(model ?? 'a target')} is no model of the file`,
        'Add the model, and name it in the chain.',
      );
    return target === undefined ? [] : [{ item, target }];
  });
  if (found.length === 0) return;
  const route = (match: object, chain: string, at: SourceNode, priority?: number): void => {
    addNamed(
      draft,
      'Route',
      name,
      {
        description: `The virtual model ${name}`,
        spec: { match, ...(priority !== undefined && { priority }), chain, ...shared },
      },
      at,
    );
  };
  if (kind === 'conditional') {
    for (const [index, { item, target }] of found.entries()) {
      const when = item.get('when');
      const cel = celOf(textOf(when));
      if (when !== undefined && cel === null) {
        note(
          draft,
          'left-out',
          'condition',
          when,
          'the condition looks at something that a route cannot see',
          'Write `match` or a CEL `when` by hand; docs/kinds/route.md lists the fields.',
        );
        continue;
      }
      const chain = addChain(
        draft,
        `${name}-${target.label}`,
        { description: `A choice of the virtual model ${name}`, targets: [target] },
        item,
      );
      if (cel === null) route({ models: [name] }, chain, item);
      else route({ models: [name], when: cel }, chain, item, found.length - index);
    }
    return;
  }
  const isWeighted = kind === 'weighted';
  const sorted = isWeighted
    ? found
    : [...found].sort((a, b) => (numberAt(a.item, 'priority') ?? 0) - (numberAt(b.item, 'priority') ?? 0));
  const chain = addChain(
    draft,
    name,
    {
      description: `The virtual model ${name}`,
      strategy: isWeighted ? 'weighted' : 'fallback',
      targets: sorted.map(({ item, target }) => ({ ...target, weight: numberAt(item, 'weight') })),
      fallbackOn: isWeighted ? [] : EVERY_FAILURE,
    },
    node,
  );
  if (!isWeighted)
    note(
      draft,
      'differs',
      'fallback-on',
      node,
      'agentgateway leaves a target when its health policy says so; the chain goes on after each failure',
      'Look at `fallbackOn` and `breaker`.',
    );
  route({ models: [name] }, chain, node);
}

/** agentgateway's expressions over what a route sees as well; null for any other. */
function celOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const cel = text
    .replace(/default\(llmRequest\.metadata\.(\w+),\s*""\)/g, 'metadata["$1"]')
    .replace(
      /default\(llmRequest\.max_tokens,\s*(\d+)\)/g,
      '(request.maxOutputTokens > 0.0 ? request.maxOutputTokens : $1.0)',
    )
    .replace(/request\.headers\["([\w-]+)"\]/g, 'headers["$1"]')
    .replace(/llmRequest\.model/g, 'request.model');
  const rest = cel.replace(/"(?:[^"\\]|\\.)*"/g, '');
  if (/llmRequest|default\(|jwt|apiKey|source\.|mcp/.test(rest)) return null;
  // Whole literals beside doubles compare in both ways but not in a choice.
  return cel.replace(/(<=|>=|<|>)\s*(\d+)(?![\d.])/g, '$1 $2.0');
}

import { addChain, type DraftTarget, EVERY_FAILURE, retries } from '../add-chain.ts';
import { ownHost, readBaseUrl } from '../base-url.ts';
import { declareModel } from '../declare-model.ts';
import { type DeclaredProvider, declareProvider } from '../declare-provider.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { variableName } from '../names.ts';
import { type SecretRef, secretFrom } from '../secret-source.ts';
import { numberAt, type SourceNode, textAt, textOf, textsAt } from '../source-node.ts';
import { milliseconds } from '../time-spans.ts';
import type { Plugin } from './plugin.ts';

/** Higress' names of providers that other systems call otherwise. */
const TYPES: Readonly<Record<string, string>> = {
  'together-ai': 'together',
  grok: 'xai',
  claude: 'anthropic',
  vertex: 'vertex_ai',
  generic: 'openai_like',
  github: 'github',
};
const UNSPOKEN: ReadonlySet<string> = new Set(['dify', 'coze', 'deepl', 'minimax-pro', 'triton', 'longcat']);

/** The providers of ai-proxy, their model mappings as routes. */
export function addProxy(
  draft: Draft,
  { config, label, scope }: Plugin,
  extras: Readonly<Record<string, unknown>>,
  isOnly: boolean,
): void {
  const single = config.get('provider');
  const listed = config.get('providers')?.items() ?? [];
  const active = textsAt(config, 'activeProviderId')[0] ?? textsAt(config, 'activeProviderIds')[0];
  const nodes = single === undefined ? listed : [single];
  const chosen = active === undefined ? nodes : nodes.filter((node) => textAt(node, 'id') === active);
  for (const node of nodes) {
    if (chosen.includes(node)) continue;
    note(
      draft,
      'left-out',
      'provider',
      node,
      `the provider ${shown(textAt(node, 'id') ?? textAt(node, 'type') ?? '')} is not the active one`,
      'Add it as a target where it is to be used.',
    );
    node.take();
  }
  for (const key of ['activeProviderId', 'activeProviderIds']) config.get(key)?.take();
  for (const node of chosen) addProvider(draft, node, label, scope, extras, isOnly && chosen.length === 1);
}

function addProvider(
  draft: Draft,
  node: SourceNode,
  label: string,
  scope: readonly string[],
  extras: Readonly<Record<string, unknown>>,
  isOnly: boolean,
): void {
  const type = textAt(node, 'type');
  if (type === undefined) return;
  if (UNSPOKEN.has(type)) {
    note(
      draft,
      'left-out',
      'provider',
      node,
      `${shown(type)} is not spoken here`,
      'Keep calling it directly, or put an OpenAI-compatible server before it.',
    );
    node.take();
    return;
  }
  const provider = providerOf(draft, node, type);
  const timeout = milliseconds(numberAt(node, 'timeout'));
  if (timeout !== undefined)
    note(
      draft,
      'differs',
      'timeout',
      node.get('timeout') ?? node,
      `the timeout counts milliseconds: it became ${timeout} for each attempt`,
      'Nothing.',
    );
  const isRetrying = node.get('retryOnFailure')?.get('enabled')?.value === true;
  const retry = isRetrying ? retries(numberAt(node.get('retryOnFailure'), 'maxRetries') ?? 1) : undefined;
  node.get('retryOnFailure')?.take();
  const failover = node.get('failover');
  if (failover?.get('enabled')?.value === true)
    note(
      draft,
      'differs',
      'key-failover',
      failover,
      'keys that fail are left out until a health check passes; here a key that is refused or limited rests for a while, and others are used',
      'Nothing.',
    );
  failover?.take();
  for (const key of ['id', 'protocol', 'qwenEnableCompatible', 'subPath', 'capabilities', 'claudeCodeMode'])
    node.get(key)?.take();
  const settings = { ...(timeout && { timeouts: { total: timeout } }), ...(retry && { retry }) };
  const mapping = node.get('modelMapping')?.fields() ?? [];
  const catchAll = mapping.find(([pattern]) => pattern === '*')?.[1];
  const add = (name: string, pattern: string, target: DraftTarget, at: SourceNode): void => {
    const chain = addChain(
      draft,
      name,
      {
        description: `Requests for ${pattern} at ${provider.name}`,
        targets: [target],
        fallbackOn: EVERY_FAILURE,
        ...settings,
      },
      at,
    );
    const models = pattern === '*' && isOnly ? undefined : pattern;
    const match = {
      ...(models !== undefined && { models: [models] }),
      ...(!isOnly && { metadata: { ingress: [label] } }),
    };
    addNamed(
      draft,
      'Route',
      name,
      { description: `Requests for ${pattern} at ${provider.name}`, spec: { match, chain, ...extras } },
      at,
    );
  };
  for (const [pattern, target] of mapping) {
    const model = textOf(target);
    if (pattern.startsWith('~')) {
      note(
        draft,
        'left-out',
        'model-mapping',
        target,
        `a mapping by regular expression (${shown(pattern)})`,
        'Write routes for the names that callers use.',
      );
      continue;
    }
    const name = pattern === '*' ? label : `${label}-${pattern}`;
    if (model === undefined) add(name, pattern, { label: provider.name, provider: provider.name }, target);
    else add(name, pattern, { label: model, model: declareModel(draft, provider, model, {}, target) }, target);
  }
  if (catchAll === undefined) add(label, '*', { label: provider.name, provider: provider.name }, node);
  if (!isOnly)
    note(
      draft,
      'needs-you',
      'route',
      node,
      `Higress chooses this provider by ${shown(scope.join(', ') || 'its rule')}; routes see no ingress, so they ask for the metadata ingress=${shown(label)}`,
      'Change `match` of these routes to what tells the callers apart: consumers, paths or models.',
    );
}

function providerOf(draft: Draft, node: SourceNode, type: string): DeclaredProvider {
  const baseNode =
    node.get('openaiCustomUrl') ??
    node.get('azureServiceUrl') ??
    node.get('openaiCompatibleBaseUrl') ??
    node.get('customUrl') ??
    node.get('ollamaServerHost') ??
    node.get('genericHost');
  const text = textOf(baseNode);
  const owner = (text === undefined || type === 'azure' ? null : ownHost(text)) ?? TYPES[type] ?? type;
  const variable = `${variableName(owner)}_API_KEY`;
  const tokens = node.get('apiTokens')?.items() ?? [];
  const secrets = tokens.flatMap((token, index): SecretRef[] => {
    const secret = secretFrom(draft, token, tokens.length > 1 ? `${variable}_${index + 1}` : variable);
    return secret === null ? [] : [secret];
  });
  for (const key of ['awsAccessKey', 'awsSecretKey', 'hunyuanAuthId', 'hunyuanAuthKey', 'vertexAuthKey', 'apiKey']) {
    const each = node.get(key);
    if (each === undefined) continue;
    const secret = secretFrom(draft, each, variableName(`${type}_${key}`));
    if (secret !== null && secrets.length === 0 && !/AccessKey$|AuthId$/.test(key)) secrets.push(secret);
  }
  const port = textAt(node, 'ollamaServerPort');
  const address = text === undefined ? undefined : type === 'ollama' ? `http://${text}:${port ?? '11434'}/v1` : text;
  const azure = type === 'azure' && address !== undefined ? azureOf(address) : null;
  const base = azure?.base ?? address;
  return declareProvider(
    draft,
    {
      type: type === 'openai' && address !== undefined ? 'openai_like' : (TYPES[type] ?? type),
      ...(baseNode !== undefined && base !== undefined && { baseUrl: readBaseUrl(draft, baseNode, base) }),
      ...(secrets.length > 0 && { secrets }),
      ...(azure?.version && { apiVersion: azure.version }),
      region: textAt(node, 'awsRegion') ?? textAt(node, 'vertexRegion'),
      project: textAt(node, 'vertexProjectId'),
    },
    node,
  );
}

/** `https://R.openai.azure.com/openai/deployments/D/chat/completions?api-version=V`. */
function azureOf(address: string): { readonly base: string; readonly version: string | undefined } | null {
  try {
    const url = new URL(address);
    return { base: url.origin, version: url.searchParams.get('api-version') ?? undefined };
  } catch {
    return null;
  }
}

import { isObject } from '#core';
import { type Draft, note, shown } from '../draft.ts';
import { readSource } from '../read-source.ts';
import { createSourceNode, type SourceNode, textAt, textOf } from '../source-node.ts';
import { type Plugin, pluginOf } from './plugin.ts';
import { addPlugin } from './plugins.ts';

/** Higress: WasmPlugin resources, ConfigMaps and Envoy files that hold them, and the bare configuration of a plug-in. */
export function importHigress(draft: Draft, documents: readonly SourceNode[]): void {
  const plugins = documents.flatMap((root) => collect(draft, root));
  // Consumers first: limits and quotas name them.
  const order: readonly string[] = ['key-auth', 'ai-proxy', 'ai-cache', 'ai-data-masking', 'ai-prompt-decorator'];
  const rank = ({ name }: Plugin): number => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = [...plugins].sort((a, b) => rank(a) - rank(b));
  const extras: Record<string, unknown> = {};
  for (const plugin of sorted.filter(({ name }) => name !== 'ai-proxy'))
    addPlugin(draft, plugin, extras, plugins.length === 1);
  for (const plugin of sorted.filter(({ name }) => name === 'ai-proxy'))
    addPlugin(draft, plugin, extras, plugins.filter(({ name }) => name === 'ai-proxy').length === 1);
}

function collect(draft: Draft, root: SourceNode): readonly Plugin[] {
  const kind = textAt(root, 'kind');
  if (kind === 'WasmPlugin') return fromResource(root);
  if (kind === 'ConfigMap') return fromConfigMap(draft, root);
  if (kind !== undefined && textAt(root, 'apiVersion') !== undefined) {
    const name = textAt(root.get('metadata'), 'name') ?? '';
    note(
      draft,
      'ignored',
      'cluster',
      root,
      `${shown(kind)} ${shown(name)} is part of the cluster and no policy`,
      'Leave it where it is deployed.',
    );
    root.take();
    return [];
  }
  if (root.get('static_resources') !== undefined) return fromEnvoy(draft, root);
  const name = pluginOf(root);
  return name === null ? [] : [{ name, config: root, label: 'default', scope: [] }];
}

function fromResource(root: SourceNode): readonly Plugin[] {
  for (const key of ['apiVersion', 'kind', 'metadata', 'status']) root.get(key)?.take();
  const spec = root.get('spec');
  for (const key of [
    'url',
    'priority',
    'phase',
    'imagePullPolicy',
    'failStrategy',
    'sha256',
    'selector',
    'imagePullSecret',
    'defaultConfigDisable',
    'pluginName',
    'verificationKey',
    'pluginConfig',
  ])
    spec?.get(key)?.take();
  const title = `${textAt(root.get('metadata'), 'name') ?? ''} ${textAt(spec, 'url') ?? ''}`;
  const found: Plugin[] = [];
  const add = (config: SourceNode, label: string, scope: readonly string[]): void => {
    const name = nameOf(title) ?? pluginOf(config);
    if (name !== null) found.push({ name, config, label, scope });
  };
  const shared = spec?.get('defaultConfig');
  const isOff = spec?.get('defaultConfigDisable')?.value === true;
  if (shared !== undefined && isObject(shared.value) && Object.keys(shared.value).length > 0 && !isOff)
    add(shared, 'default', []);
  for (const rule of spec?.get('matchRules')?.items() ?? []) {
    const scope = [
      ...(rule.get('ingress')?.items() ?? []),
      ...(rule.get('domain')?.items() ?? []),
      ...(rule.get('service')?.items() ?? []),
    ].flatMap((each) => textOf(each) ?? []);
    const config = rule.get('config');
    if (rule.get('configDisable')?.value === true) {
      rule.take();
      continue;
    }
    if (config !== undefined) add(config, scope[0]?.split('/').at(-1) ?? 'rule', scope);
  }
  return found;
}

const PLUGINS: readonly string[] = [
  'ai-proxy',
  'ai-cache',
  'ai-token-ratelimit',
  'ai-quota',
  'ai-data-masking',
  'ai-prompt-decorator',
  'key-auth',
  'ai-statistics',
  'ai-security-guard',
  'ai-history',
  'ai-load-balancer',
  'model-router',
  'model-mapper',
];

function nameOf(title: string): string | null {
  return (
    PLUGINS.find((name) => title.includes(name)) ??
    (/keyauth/.test(title) ? 'key-auth' : (/custom-response|[\w-]+:\d/.exec(title)?.[0].replace(/:\d.*/, '') ?? null))
  );
}

/** Keys of a ConfigMap that hold the YAML or JSON of a plug-in. */
function fromConfigMap(draft: Draft, root: SourceNode): readonly Plugin[] {
  for (const key of ['apiVersion', 'kind', 'metadata']) root.get(key)?.take();
  return (root.get('data')?.fields() ?? []).flatMap(([key, node]) => {
    const inner = embedded(node);
    const plugins = inner.flatMap((each) => collect(draft, each));
    if (plugins.length > 0) node.take();
    return plugins.map((plugin) => ({ ...plugin, label: key }));
  });
}

/** An Envoy file with the plug-in's configuration as a text. */
function fromEnvoy(draft: Draft, root: SourceNode): readonly Plugin[] {
  const found: Plugin[] = [];
  const visit = (node: SourceNode, depth: number): void => {
    if (depth > 20) return;
    const text = typeof node.value === 'string' && /^\s*\{/.test(node.value) ? node.value : null;
    if (text !== null) {
      for (const inner of embedded(node)) {
        const name = pluginOf(inner);
        if (name !== null) found.push({ name, config: inner, label: 'default', scope: [] });
      }
      return;
    }
    for (const item of node.items()) visit(item, depth + 1);
    for (const [, value] of node.fields()) visit(value, depth + 1);
  };
  visit(root, 0);
  root.take();
  note(
    draft,
    'ignored',
    'cluster',
    root,
    'listeners and clusters of Envoy are no policy',
    'Leave them where they are deployed.',
  );
  return found;
}

/** The documents in a text, with the line of the text that holds them. */
function embedded(node: SourceNode): readonly SourceNode[] {
  if (typeof node.value !== 'string') return [];
  const read = readSource(node.value, 'embedded.yaml');
  if (read.kind === 'unreadable') return [];
  return read.documents.map(({ value }) => createSourceNode(value, node.document, () => node.line, node.path));
}

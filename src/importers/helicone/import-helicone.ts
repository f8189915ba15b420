import { isObject } from '#core';
import { addChain, EVERY_FAILURE } from '../add-chain.ts';
import { readBaseUrl } from '../base-url.ts';
import { declareModel } from '../declare-model.ts';
import { declareProvider } from '../declare-provider.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { type SourceNode, textOf } from '../source-node.ts';
import { addLimit, addRouter, middleware } from './router.ts';
import { withVersion } from './with-version.ts';

/** Helicone's AI gateway: every router becomes a chain behind its path; its own lists of providers and of equivalent models are read as well. */
export function importHelicone(draft: Draft, documents: readonly SourceNode[]): void {
  for (const root of documents) importOne(draft, root);
}

function importOne(draft: Draft, root: SourceNode): void {
  const providers = root.get('providers') ?? (isProviderList(root) ? root : undefined);
  const bases = providers === undefined ? new Map<string, string | null>() : readProviders(draft, providers);
  if (isMapping(root)) {
    addMapping(draft, root);
    return;
  }
  const mapping = root.get('default-model-mapping');
  if (mapping !== undefined) addMapping(draft, mapping);
  const global = root.get('global');
  const shared = global === undefined ? {} : middleware(draft, global);
  if (global !== undefined) addLimit(draft, global.get('rate-limit'), 'everyone', null);
  for (const [name, router] of root.get('routers')?.fields() ?? []) addRouter(draft, name, router, { bases, shared });
}

function isProviderList(root: SourceNode): boolean {
  const fields = isObject(root.value) ? Object.values(root.value) : [];
  return (
    fields.length > 0 && fields.every((each) => isObject(each) && ('base-url' in each || Array.isArray(each.models)))
  );
}

/** Provider → its address, where it is not the provider's own. */
function readProviders(draft: Draft, node: SourceNode): ReadonlyMap<string, string | null> {
  const bases = new Map<string, string | null>();
  for (const [name, each] of node.fields()) {
    const baseNode = each.get('base-url');
    const text = textOf(baseNode);
    each.get('version')?.take();
    each.get('enabled')?.take();
    const models = each.get('models');
    if (baseNode !== undefined && text !== undefined) {
      const base = readBaseUrl(draft, baseNode, text);
      const own = draft.providers.get(name === 'gemini' ? 'google' : name)?.spec.baseUrl;
      const isOwn = base !== null && own !== undefined && new URL(base).hostname === new URL(own).hostname;
      if (!isOwn) bases.set(name, base);
      if (!isOwn) declareProvider(draft, { type: name, baseUrl: base === null ? null : withVersion(base) }, each);
    }
    if (models !== undefined) {
      models.take();
      note(
        draft,
        'differs',
        'models',
        models,
        `a list of models that ${shown(name)} offers; here any model can be asked for that a route lets pass`,
        'Name models in `match` of routes, or in `allow` of consumers.',
      );
    }
  }
  return bases;
}

function isMapping(root: SourceNode): boolean {
  const fields = isObject(root.value) ? Object.values(root.value) : [];
  return (
    fields.length > 0 &&
    fields.every((each) => Array.isArray(each) && each.length > 0 && each.every((name) => typeof name === 'string'))
  );
}

/** Equivalent models: for each one a chain of those that can stand in for it. */
function addMapping(draft: Draft, node: SourceNode): void {
  note(
    draft,
    'differs',
    'model-mapping',
    node,
    'Helicone looks for an equivalent where the chosen provider lacks a model; here the equivalents follow as fallbacks',
    'Take out routes and chains that nobody needs.',
  );
  for (const [name, list] of node.fields()) {
    const targets = list.items().flatMap((item) => {
      const text = textOf(item);
      const slash = text?.indexOf('/') ?? -1;
      if (text === undefined || slash <= 0) return [];
      const provider = declareProvider(draft, { type: text.slice(0, slash) }, item);
      return [{ label: text.slice(0, slash), model: declareModel(draft, provider, text.slice(slash + 1), {}, item) }];
    });
    const own = [...draft.models.values()].find(
      ({ spec }) => spec.upstreamName === name || spec.aliases?.includes(name),
    );
    const all =
      own === undefined
        ? targets
        : [
            { label: own.spec.provider, model: own.metadata.name },
            ...targets.filter(({ model }) => model !== own.metadata.name),
          ];
    if (all.length === 0) continue;
    const chain = addChain(
      draft,
      name,
      { description: `The model ${name} and its equivalents`, targets: all, fallbackOn: EVERY_FAILURE },
      list,
    );
    addNamed(
      draft,
      'Route',
      name,
      { description: `The model ${name}`, spec: { match: { models: [name] }, chain } },
      list,
    );
  }
}

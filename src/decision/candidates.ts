import type { JsonObject, OutcomeReason, Place } from '#core';
import type { Chain, Model, Provider, Snapshot, Target, TargetPolicy } from '#snapshot';
import { placeOf } from './place.ts';
import { modelAt, requestedModel, resolveModel, splitProvider } from './resolve-model.ts';
import type { RequestFacts } from './types.ts';

/** One target a request may reach, before any gate has judged it. */
export interface Candidate extends TargetPolicy {
  readonly id: string;
  /** Null when the catalogue knows no such provider. */
  readonly provider: Provider | null;
  /** Empty without a provider. */
  readonly providerName: string;
  readonly model: Model | null;
  /** Catalogue name, or `provider/name` for a model the catalogue does not know: what budgets and permissions compare. */
  readonly modelName: string;
  readonly upstreamModel: string;
  /** Whether the target takes the model from the request: then the name as sent counts for permissions. */
  readonly keepsModel: boolean;
  readonly params: JsonObject;
  readonly fallbackOn: readonly OutcomeReason[];
  readonly at: Place | null;
}

/** A candidate, or the chain nested at its place. */
export type ChainItem =
  | { readonly kind: 'target'; readonly target: Target; readonly candidate: Candidate }
  | { readonly kind: 'chain'; readonly target: Target; readonly chain: Chain };

/** What of a snapshot is the same for every request, made at the first that needs it: chains whose targets all name their model, and what they reach. */
interface Fixed {
  readonly items: WeakMap<Chain, readonly ChainItem[]>;
  readonly reached: Map<string, readonly Candidate[]>;
}

const FIXED = new WeakMap<Snapshot, Fixed>();

function fixedOf(snapshot: Snapshot): Fixed {
  let fixed = FIXED.get(snapshot);
  if (fixed === undefined) {
    fixed = { items: new WeakMap(), reached: new Map() };
    FIXED.set(snapshot, fixed);
  }
  return fixed;
}

function namesItsModels({ targets }: Chain): boolean {
  return targets.every(({ use }) => use.kind !== 'provider');
}

/** What stands directly in a chain, in the order written. A nested chain that does not exist is left out: the compiler refuses it. Pure. */
export function itemsOf(snapshot: Snapshot, chain: Chain, request: RequestFacts): readonly ChainItem[] {
  const { items } = fixedOf(snapshot);
  const known = items.get(chain);
  if (known !== undefined) return known;
  const made = makeItems(snapshot, chain, request);
  if (namesItsModels(chain)) items.set(chain, made);
  return made;
}

function makeItems(snapshot: Snapshot, chain: Chain, request: RequestFacts): readonly ChainItem[] {
  const items: ChainItem[] = [];
  for (const target of chain.targets) {
    if (target.use.kind !== 'chain') {
      items.push({ kind: 'target', target, candidate: candidateOf(snapshot, chain, target, request) });
      continue;
    }
    const nested = snapshot.chains.get(target.use.chain);
    if (nested !== undefined) items.push({ kind: 'chain', target, chain: nested });
  }
  return items;
}

function candidateOf(snapshot: Snapshot, chain: Chain, target: Target, request: RequestFacts): Candidate {
  const model =
    target.use.kind === 'model'
      ? modelOfTarget(snapshot, target.use.model)
      : modelForProvider(snapshot, target, request);
  return {
    ...model,
    id: `${chain.name}/${target.id}`,
    providerName: model.provider?.name ?? '',
    timeouts: target.timeouts,
    retry: target.retry,
    breaker: target.breaker,
    keepsModel: target.use.kind === 'provider',
    params: target.params,
    fallbackOn: chain.fallbackOn,
    at: placeOf(snapshot, `Chain/${chain.name}`, `targets[${target.id}]`, 'targets'),
  };
}

type ModelChoice = Pick<Candidate, 'provider' | 'model' | 'modelName' | 'upstreamModel'>;

function modelOfTarget(snapshot: Snapshot, name: string): ModelChoice {
  const model = resolveModel(snapshot, name);
  return {
    provider: model === null ? null : (snapshot.providers.get(model.provider) ?? null),
    model,
    modelName: model?.name ?? name,
    upstreamModel: model?.upstreamName ?? name,
  };
}

/** `provider:` alone keeps the requested model: the same model as that provider offers it, else the bare name as sent. */
function modelForProvider(snapshot: Snapshot, target: Target, request: RequestFacts): ModelChoice {
  const name = target.use.kind === 'provider' ? target.use.provider : '';
  const provider = snapshot.providers.get(name) ?? null;
  const requested = requestedModel(snapshot, request);
  if (requested?.provider === name) return choiceOf(provider, requested);
  const sent = splitProvider(snapshot, request.model)?.rest ?? request.model;
  const bare = requested?.name.slice(requested.name.indexOf('/') + 1) ?? sent;
  const model = modelAt(snapshot, name, bare) ?? modelAt(snapshot, name, sent);
  return model === null
    ? { provider, model: null, modelName: `${name}/${bare}`, upstreamModel: bare }
    : choiceOf(provider, model);
}

function choiceOf(provider: Provider | null, model: Model): ModelChoice {
  return { provider, model, modelName: model.name, upstreamModel: model.upstreamName };
}

/**
 * The one candidate of a route without a chain: the requested model at its own provider, under the project's defaults. A model the
 * catalogue does not know is sent on when its name says the provider (`vllm/my-model`); else null. Pure.
 */
export function directCandidate(snapshot: Snapshot, route: string, request: RequestFacts): Candidate | null {
  const model = requestedModel(snapshot, request);
  const split = model === null ? splitProvider(snapshot, request.model) : null;
  const provider = snapshot.providers.get(model?.provider ?? split?.provider ?? '');
  if (provider === undefined) return null;
  const upstreamModel = model?.upstreamName ?? split?.rest ?? request.model;
  return {
    ...snapshot.project.defaults,
    id: `direct/${provider.name}`,
    provider,
    providerName: provider.name,
    model,
    modelName: model?.name ?? request.model,
    upstreamModel,
    keepsModel: true,
    params: {},
    fallbackOn: [],
    at: placeOf(snapshot, `Route/${route}`),
  };
}

/** Every candidate that a chain reaches through nested chains, each once, in the order written. Pure. */
export function reachableFrom(snapshot: Snapshot, chainName: string, request: RequestFacts): readonly Candidate[] {
  const { reached } = fixedOf(snapshot);
  const known = reached.get(chainName);
  if (known !== undefined) return known;
  const found = new Map<string, Candidate>();
  const visited = new Set<string>();
  let isFixed = true;
  const walk = (name: string): void => {
    const chain = snapshot.chains.get(name);
    if (chain === undefined || visited.has(name)) return;
    visited.add(name);
    isFixed &&= namesItsModels(chain);
    for (const item of itemsOf(snapshot, chain, request)) {
      if (item.kind === 'chain') walk(item.chain.name);
      else found.set(item.candidate.id, item.candidate);
    }
  };
  walk(chainName);
  const candidates = [...found.values()];
  if (isFixed && visited.size > 0) reached.set(chainName, candidates);
  return candidates;
}

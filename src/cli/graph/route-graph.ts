import { asObject, formatDuration, formatMoney, type Place } from '#core';
import { partitionOf } from '#decision';
import type { Budget, Cache, Chain, Route, Snapshot, Target } from '#snapshot';
import { placeIn } from '../request/place-in.ts';

/** What requests can meet on their way, as nodes and arrows. */
export interface RouteGraph {
  readonly environment: string;
  readonly revision: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** One document, or one target of a chain. */
export interface GraphNode {
  /** `Route/default`, `Chain/premium`, `Chain/premium/gpt`, `Cache/faq-week`, `Budget/product-day`, `Model/openai/gpt-4o` for a route without a chain. */
  readonly id: string;
  readonly kind: 'route' | 'chain' | 'target' | 'cache' | 'budget';
  /** Lines of text; the first is the name. */
  readonly label: readonly string[];
  readonly at: Place | null;
}

/** One arrow. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `sends`: a route to its chain. `asks`: a chain to a target, by order or weight. `enters`: a target to the chain that it stands for. `downgrades`: a budget at its end. `limits`, `caches`: a budget or cache and its routes. */
  readonly kind: 'sends' | 'asks' | 'enters' | 'downgrades' | 'limits' | 'caches';
  readonly label: string;
}

/** A label that is wider makes the whole picture small. */
const MOST_TEXT = 48;

/** Routes, chains and targets, nested chains followed, with caches and budgets; only what the routes named can reach, or all. Pure. */
export function routeGraph(snapshot: Snapshot, only: ReadonlySet<string> | null = null): RouteGraph {
  const routes = [...snapshot.routes.values()].filter(({ name }) => only?.has(name) ?? true);
  const budgets = [...snapshot.budgets.values()].filter(
    (budget) => only === null || routes.some((route) => isNamed(budget, route)),
  );
  const downgrades = budgets.flatMap(({ onExhausted }) => (onExhausted?.kind === 'chain' ? [onExhausted.chain] : []));
  const entered = [...routes.flatMap(({ chain }) => chain ?? []), ...downgrades];
  const chains = only === null ? [...snapshot.chains.values()] : reachable(snapshot, entered);
  const caches = [...snapshot.caches.values()].filter(({ name }) => routes.some(({ cache }) => cache === name));
  const nodes = [
    ...routes.map((route) => routeNode(snapshot, route)),
    ...caches.map((cache) => cacheNode(snapshot, cache)),
    ...chains.flatMap((chain) => [
      chainNode(snapshot, chain),
      ...chain.targets.map((target) => targetNode(snapshot, chain, target)),
    ]),
    ...budgets.map((budget) => budgetNode(snapshot, budget)),
  ];
  const edges = [
    ...routes.flatMap(routeEdges),
    ...chains.flatMap(chainEdges),
    ...budgets.flatMap((budget) => budgetEdges(budget, routes)),
  ];
  return { environment: snapshot.environment, revision: snapshot.revision, nodes, edges };
}

function routeNode(snapshot: Snapshot, { name, match, deny, chain }: Route): GraphNode {
  const conditions = [
    ...(['consumers', 'endpoints', 'paths', 'models'] as const).flatMap((field) => conditionText(field, match[field])),
    ...(['labels', 'metadata', 'headers'] as const).flatMap((field) =>
      match[field].flatMap(({ key, values }) => conditionText(`${field} ${key}`, values)),
    ),
    ...conditionText('when', match.when === null ? null : [match.when]),
  ];
  const end = deny !== null ? `refused with ${deny.status}` : chain === null ? 'straight to the requested model' : null;
  const by = conditions.length === 0 ? ['whatever no other route takes'] : conditions;
  return node(snapshot, 'route', `Route/${name}`, [name, ...by, ...(end === null ? [] : [end])], 'match');
}

function conditionText(
  field: string,
  values: readonly (string | { readonly source: string })[] | null,
): readonly string[] {
  if (values === null) return [];
  const text = `${field}: ${values.map((value) => (typeof value === 'string' ? value : value.source)).join(', ')}`;
  return [shorten(text)];
}

function shorten(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
}

function chainNode(snapshot: Snapshot, { name, strategy, sticky }: Chain): GraphNode {
  const kept = sticky === 'none' ? strategy : `${strategy}, kept for each ${sticky}`;
  return node(snapshot, 'chain', `Chain/${name}`, [name, kept], 'targets');
}

function targetNode(snapshot: Snapshot, { name }: Chain, { id, use }: Target): GraphNode {
  const what =
    use.kind === 'chain'
      ? `chain ${use.chain}`
      : use.kind === 'model'
        ? use.model
        : `the requested model at ${use.provider}`;
  const at = placeIn(snapshot, `Chain/${name}`, `targets[${id}]`);
  return { id: `Chain/${name}/${id}`, kind: 'target', label: [id, what], at };
}

function cacheNode(snapshot: Snapshot, cache: Cache): GraphNode {
  const { name, mode, ttlMs } = cache;
  const apart = partitionOf(cache);
  const each = apart.length === 0 ? '' : `apart for each ${apart.join(' and ')}`;
  const whose = cache.share === null ? each : ['shared by all', each].filter((text) => text !== '').join(', ');
  const kept = mode === 'off' ? ['off'] : [`${mode}, ${formatDuration(ttlMs)}`, whose];
  return node(snapshot, 'cache', `Cache/${name}`, [name, ...kept], 'mode');
}

function budgetNode(snapshot: Snapshot, budget: Budget): GraphNode {
  const { name, unit, limit, window, onExhausted, per, scope } = budget;
  const amount = unit === 'cost' ? formatMoney(limit) : `${limit} ${unit}`;
  const time = window.kind === 'calendar' ? `a ${window.every}` : `in ${formatDuration(window.ms)}`;
  const who = scope.consumers?.map(({ source }) => source).join(', ') ?? 'everybody';
  const split = per.length === 0 ? shorten(who) : `${shorten(who)}, each ${per.join(' and ')}`;
  const end =
    onExhausted === null ? 'no action' : onExhausted.kind === 'chain' ? 'then cheaper' : `then ${onExhausted.kind}`;
  return node(snapshot, 'budget', `Budget/${name}`, [name, `${amount} ${time}, ${end}`, split], 'limit');
}

function routeEdges({ name, chain, cache }: Route): readonly GraphEdge[] {
  const from = `Route/${name}`;
  const edges: GraphEdge[] = [];
  if (chain !== null) edges.push({ from, to: `Chain/${chain}`, kind: 'sends', label: '' });
  if (cache !== null) edges.push({ from, to: `Cache/${cache}`, kind: 'caches', label: '' });
  return edges;
}

function chainEdges({ name, strategy, targets }: Chain): readonly GraphEdge[] {
  return targets.flatMap(({ id, use, weight }, index): readonly GraphEdge[] => {
    const to = `Chain/${name}/${id}`;
    const label = strategy === 'weighted' ? `${weight ?? 0} %` : strategy === 'fallback' ? String(index + 1) : '';
    const asked: GraphEdge = { from: `Chain/${name}`, to, kind: 'asks', label };
    return use.kind === 'chain' ? [asked, { from: to, to: `Chain/${use.chain}`, kind: 'enters', label: '' }] : [asked];
  });
}

function budgetEdges(budget: Budget, routes: readonly Route[]): readonly GraphEdge[] {
  const from = `Budget/${budget.name}`;
  const limited = routes.filter(
    (route) =>
      (budget.scope.routes ?? (budget.scope.consumers && route.match.consumers)) !== null && isNamed(budget, route),
  );
  const edges = limited.map(({ name }): GraphEdge => ({ from, to: `Route/${name}`, kind: 'limits', label: '' }));
  const { onExhausted } = budget;
  if (onExhausted?.kind !== 'chain') return edges;
  return [...edges, { from, to: `Chain/${onExhausted.chain}`, kind: 'downgrades', label: 'at its end' }];
}

/** A budget without routes in its scope is about consumers, and may meet any route that names none of its own. */
function isNamed({ scope }: Budget, { name, match }: Route): boolean {
  if (scope.routes !== null) return scope.routes.some(({ source }) => source === name);
  if (scope.consumers === null || match.consumers === null) return true;
  return scope.consumers.some(({ source }) => match.consumers?.some((other) => other.source === source));
}

/** The chains entered and all that they stand on. The compiler refuses cycles, so this ends. */
function reachable(snapshot: Snapshot, names: readonly string[]): readonly Chain[] {
  const found = new Set<string>();
  const follow = (name: string): void => {
    found.add(name);
    for (const { use } of snapshot.chains.get(name)?.targets ?? []) if (use.kind === 'chain') follow(use.chain);
  };
  for (const name of names) follow(name);
  return [...snapshot.chains.values()].filter(({ name }) => found.has(name));
}

function node(
  snapshot: Snapshot,
  kind: GraphNode['kind'],
  id: string,
  label: readonly string[],
  field: string,
): GraphNode {
  return { id, kind, label, at: placeIn(snapshot, id, field) };
}

/** The graph as JSON, with its places. Pure. */
export function graphJson(graph: RouteGraph, version: string): object {
  const nodes = graph.nodes.map(({ id, kind, label, at }) => ({
    id,
    kind,
    label,
    ...asObject(at ?? { file: null, line: null }),
  }));
  return { version, environment: graph.environment, revision: graph.revision, nodes, edges: graph.edges };
}

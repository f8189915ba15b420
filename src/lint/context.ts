import { asObject, isObject, type JsonObject, type Span } from '#core';
import type { Compiled, EffectiveDocument, ParsedPolicies, Path } from '#policy';
import type {
  AlertSpec,
  BudgetSpec,
  CacheSpec,
  ChainSpec,
  ConsumerSpec,
  GuardrailSpec,
  ModelSpec,
  ProjectSpec,
  ProviderSpec,
  RouteSpec,
  WaiverSpec,
} from '#snapshot';
import type { RequestWorld } from './request-axes.ts';
import { type RankedRoute, rankRoutes, requestWorld } from './route-space.ts';

/** The specs that rules read, by kind. */
export interface Specs {
  readonly Project: ProjectSpec;
  readonly Provider: ProviderSpec;
  readonly Model: ModelSpec;
  readonly Route: RouteSpec;
  readonly Chain: ChainSpec;
  readonly Budget: BudgetSpec;
  readonly Cache: CacheSpec;
  readonly Guardrail: GuardrailSpec;
  readonly Consumer: ConsumerSpec;
  readonly Alert: AlertSpec;
  readonly Waiver: WaiverSpec;
}

/** One effective document as a rule sees it. */
export interface Item<Spec> {
  readonly name: string;
  /** `Kind/name`. */
  readonly key: string;
  readonly spec: Spec;
  readonly metadata: JsonObject;
  /** Written in the tree, or changed by it; false for a built-in document as it came. */
  readonly isOwn: boolean;
  /** Span of the value at a path from `spec`. */
  readonly at: (...path: Path) => Span;
  /** Span of the key at a path from `spec`. */
  readonly atKey: (...path: Path) => Span;
  /** Span of `metadata.name`: where what a document lacks is reported. */
  readonly atName: () => Span;
}

/** One environment as rules see it. */
export interface LintContext {
  readonly environment: string;
  /** Documents of a kind in order of name; of those that compiled and of those that refer to nothing alike. */
  readonly every: <Kind extends keyof Specs>(kind: Kind) => readonly Item<Specs[Kind]>[];
  readonly find: <Kind extends keyof Specs>(kind: Kind, name: string) => Item<Specs[Kind]> | undefined;
  /** All documents of the environment that the tree wrote or changed, of any kind. */
  readonly documents: readonly Item<JsonObject>[];
  /** Kinds of which some document could not be read: what seems to be missing may stand there. */
  readonly unreadKinds: ReadonlySet<string>;
  readonly parsed: ParsedPolicies;
  /** All environments, this one included. */
  readonly compiled: readonly Compiled[];
  readonly nowMs: number;
  /** Routes as the gateway ranks them, best first. */
  readonly routes: readonly RankedRoute[];
  readonly world: RequestWorld;
}

/** What a context is made from. */
export interface ContextParts {
  readonly parsed: ParsedPolicies;
  readonly compiled: readonly Compiled[];
  readonly nowMs: number;
}

/** Prepares one environment for the rules. Pure. */
export function createContext(own: Compiled, { parsed, compiled, nowMs }: ContextParts): LintContext {
  const items = own.documents.map(itemOf).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const byKind = Map.groupBy(items, (item) => kindOf(item.key));
  const byKey = new Map(items.map((item) => [item.key, item]));
  // Each document has passed the schema its type is generated from.
  const every = (kind: string) => (byKind.get(kind) ?? []) as readonly Item<unknown>[];
  const context: Omit<LintContext, 'routes' | 'world'> = {
    environment: own.environment,
    every: every as LintContext['every'],
    find: ((kind: string, name: string) => byKey.get(`${kind}/${name}`)) as LintContext['find'],
    documents: items.filter((item) => item.isOwn),
    unreadKinds: new Set((parsed.rejected ?? []).map(({ kind }) => kind)),
    parsed,
    compiled,
    nowMs,
  };
  return { ...context, routes: rankRoutes(context), world: requestWorld(context) };
}

/** The kind in `Kind/name`. Pure. */
export function kindOf(key: string): string {
  return key.slice(0, key.indexOf('/'));
}

function itemOf(document: EffectiveDocument): Item<JsonObject> {
  const { kind, name, value, valueSpan, keySpan } = document;
  const spec = asObject(value.spec);
  return {
    name,
    key: `${kind}/${name}`,
    spec,
    metadata: asObject(value.metadata),
    isOwn: document.from === 'file' || isChanged(document, spec),
    at: (...path) => valueSpan(['spec', ...path]),
    atKey: (...path) => keySpan(['spec', ...path]),
    atName: () => valueSpan(['metadata', 'name']),
  };
}

/** A built-in document that an environment's operation changed somewhere. */
function isChanged(document: EffectiveDocument, value: unknown, path: Path = ['spec']): boolean {
  if (document.origin(path).by === 'overlay') return true;
  if (Array.isArray(value)) return value.some((item, at) => isChanged(document, item, [...path, at]));
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, item]) => isChanged(document, item, [...path, key]));
}

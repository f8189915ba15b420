import { asObject, compareText } from '#core';
import type {
  BudgetSpec,
  CacheSpec,
  CarriedDocument,
  ChainSpec,
  ConsumerSpec,
  GuardrailSpec,
  ModelSpec,
  Predicate,
  ProjectSpec,
  ProviderSpec,
  RouteSpec,
  Snapshot,
} from '#snapshot';
import { buildRouteIndex } from './build-route-index.ts';
import { compileBudget } from './compile-budget.ts';
import { compileCache } from './compile-cache.ts';
import { compileChain } from './compile-chain.ts';
import { compileConsumer, compileKeys } from './compile-consumer.ts';
import { compileGuardrail } from './compile-guardrail.ts';
import { compileModel } from './compile-model.ts';
import { compileOrigin } from './compile-origins.ts';
import { compileProject } from './compile-project.ts';
import { compileProvider } from './compile-provider.ts';
import { compileRoute } from './compile-route.ts';
import { compileStoredSecrets } from './compile-stored-secrets.ts';
import { digestOfContent } from './digest.ts';
import { type Effective, keyOf } from './effective.ts';
import { deepFreeze } from './freeze.ts';
import { type AliasCatalogue, compileAliases } from './resolve-aliases.ts';

/** What a snapshot is built from; every reference has been followed, every condition compiled. */
export interface SnapshotParts {
  readonly environment: string;
  readonly documents: readonly Effective[];
  readonly predicates: ReadonlyMap<string, Predicate>;
  readonly catalogDigest: string;
}

const CARRIED_KINDS: readonly string[] = ['Alert', 'Receiver', 'Report', 'McpServer', 'Invariant', 'Waiver', 'Drill'];

/** Compiles linked documents into the frozen snapshot; everything in it is ordered by name. Pure. */
export function buildSnapshot({ environment, documents, predicates, catalogDigest }: SnapshotParts): Snapshot {
  const sorted = [...documents].sort((a, b) => compareText(keyOf(a), keyOf(b)));
  const project = sorted.find((document) => document.kind === 'Project');
  const projectSpec = project ? specAs<ProjectSpec>(project) : {};
  const each = <Spec, Value>(kind: string, compile: (name: string, spec: Spec, document: Effective) => Value) => {
    const named = sorted.filter((document) => document.kind === kind);
    return new Map(named.map((document) => [document.name, compile(document.name, specAs<Spec>(document), document)]));
  };
  const routes = each('Route', (name, spec: RouteSpec) => compileRoute(name, spec, predicates.get(name) ?? null));
  const models = each('Model', (name, spec: CompleteModel) => compileModel(name, spec));
  const keys = [
    ...each('Consumer', (name, spec: ConsumerSpec) => compileKeys(name, spec, environment)).values(),
  ].flat();
  const digest = digestOfContent({ environment, documents, catalogDigest });
  const aliases = [...models.values()].flatMap((model) => model.aliases.map((alias) => [alias, model.name] as const));
  const consumerSpecs = each('Consumer', (_name, spec: ConsumerSpec) => spec);
  const byAlias = new Map(aliases);
  const catalogue: AliasCatalogue = { hasModel: (name) => models.has(name), modelOf: (alias) => byAlias.get(alias) };
  return deepFreeze({
    format: 1,
    digest,
    catalogDigest,
    revision: digest.slice(0, 12),
    environment,
    project: compileProject(project?.name ?? 'default', projectSpec),
    providers: each('Provider', (name, spec: CompleteProvider) => compileProvider(name, spec)),
    models,
    aliases: byAlias,
    routes,
    routeIndex: buildRouteIndex(routes.values()),
    chains: each('Chain', (name, spec: ChainSpec) => compileChain(name, spec, projectSpec.defaults)),
    consumers: each('Consumer', (name, spec: ConsumerSpec, document) =>
      compileConsumer(name, labelsOf(document), spec, compileAliases(name, consumerSpecs, catalogue)),
    ),
    keys: new Map(keys),
    budgets: each('Budget', (name, spec: BudgetSpec) => compileBudget(name, spec, projectSpec.timezone ?? null)),
    caches: each('Cache', (name, spec: CacheSpec) => compileCache(name, spec)),
    guardrails: each('Guardrail', (name, spec: GuardrailSpec) => compileGuardrail(name, spec)),
    storedSecrets: compileStoredSecrets(sorted),
    carried: sorted.filter((document) => CARRIED_KINDS.includes(document.kind)).map(carry),
    origins: new Map(sorted.map((document) => [keyOf(document), compileOrigin(document)])),
  });
}

type CompleteProvider = ProviderSpec & Required<Pick<ProviderSpec, 'dialect' | 'baseUrl'>>;
type CompleteModel = ModelSpec & Required<Pick<ModelSpec, 'provider'>>;

/** The document passed the schema this type is generated from. */
function specAs<Spec>(document: Effective): Spec {
  return asObject(document.value.spec) as Spec;
}

function labelsOf(document: Effective): Readonly<Record<string, string>> {
  return asObject(asObject(document.value.metadata).labels) as Readonly<Record<string, string>>;
}

function carry(document: Effective): CarriedDocument {
  return {
    kind: document.kind as CarriedDocument['kind'],
    name: document.name,
    metadata: asObject(document.value.metadata),
    spec: asObject(document.value.spec),
  };
}

import { type DialectName, fitsGlob, type Glob } from '#core';
import { promptVariables } from '#decision';
import { compileGuard, type RouteGuard } from '#guardrails';
import type { Provider, Snapshot } from '#snapshot';

/** A snapshot with what the gateway derives from it once, at activation. A request keeps the one it began with. */
export interface ActivePolicies {
  readonly snapshot: Snapshot;
  readonly activatedAtMs: number;
  /** Always the same list, so that caches may hang on it. */
  readonly providers: readonly Provider[];
  /** Providers that this version cannot call: their dialect or kind of authentication is not spoken. */
  readonly unsupportedProviders: ReadonlySet<string>;
  /** Proxies whose `x-forwarded-for` counts; null where there are none. */
  readonly trustedProxies: readonly string[] | null;
  /** Lower-case names of request headers that some policy reads. */
  readonly headerNames: readonly string[];
  /** Guardrails by route, made ready; a route without any is absent. */
  readonly guards: ReadonlyMap<string, RouteGuard>;
  /** Paths of routes beside the fixed ones, best route first. */
  readonly customPaths: readonly { readonly glob: Glob; readonly dialect: DialectName }[];
}

/** Which providers the upstream can call. */
export interface Support {
  readonly canSpeak: (dialect: DialectName) => boolean;
  readonly authKinds: readonly Provider['auth']['kind'][];
}

/** Derives what requests need of a snapshot. Pure. */
export function activePolicies(snapshot: Snapshot, support: Support, nowMs: number): ActivePolicies {
  const providers = Object.freeze([...snapshot.providers.values()]);
  const unsupported = providers.filter(
    ({ dialect, auth }) => !support.canSpeak(dialect) || !support.authKinds.includes(auth.kind),
  );
  return Object.freeze({
    snapshot,
    activatedAtMs: nowMs,
    providers,
    unsupportedProviders: new Set(unsupported.map(({ name }) => name)),
    trustedProxies: snapshot.project.trustedProxies.length === 0 ? null : snapshot.project.trustedProxies,
    headerNames: headerNamesOf(snapshot),
    guards: guardsOf(snapshot),
    customPaths: snapshot.routeIndex.ranked.flatMap(({ match, dialect }) =>
      (match.paths ?? []).map((glob) => ({ glob, dialect })),
    ),
  });
}

/** The dialect that the best route naming the path gives it; null when none names it. Pure. */
export function customDialect(active: ActivePolicies, path: string): DialectName | null {
  return active.customPaths.find(({ glob }) => fitsGlob(glob, path))?.dialect ?? null;
}

function guardsOf({ routes, guardrails }: Snapshot): ReadonlyMap<string, RouteGuard> {
  const guarded = [...routes.values()].filter((route) => route.guardrails.length > 0);
  return new Map(
    guarded.map((route) => [route.name, compileGuard(route.guardrails.flatMap((name) => guardrails.get(name) ?? []))]),
  );
}

/** Header names of `match.headers`, of prompts and cache partitions, and every name that a `when` about headers may mean. */
function headerNamesOf(snapshot: Snapshot): readonly string[] {
  const names = new Set<string>();
  for (const { match, prompt } of snapshot.routes.values()) {
    for (const { key } of match.headers) names.add(key);
    for (const { source } of promptVariables(prompt)) if (source.kind === 'header') names.add(source.key);
    for (const name of namesInPredicate(match.when?.source ?? '')) names.add(name);
  }
  for (const { partition, neverWhen } of snapshot.caches.values()) {
    for (const field of partition) if (field.startsWith('header.')) names.add(field.slice(7).toLowerCase());
    for (const name of Object.keys((neverWhen.headers as object | undefined) ?? {})) names.add(name.toLowerCase());
  }
  return [...names];
}

function namesInPredicate(source: string): readonly string[] {
  if (!source.includes('headers')) return [];
  const fields = [...source.matchAll(/headers\.(\w+)/g)].map(([, name]) => name ?? '');
  const quoted = [...source.matchAll(/"([^"]*)"|'([^']*)'/g)].map(([, double, single]) => double ?? single ?? '');
  return [...fields, ...quoted].filter((name) => /^[\w-]+$/.test(name)).map((name) => name.toLowerCase());
}

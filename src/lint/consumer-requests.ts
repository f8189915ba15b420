import { compileGlob, fitsGlob } from '#core';
import type { ConsumerSpec, Matcher, ModelSpec, RouteSpec } from '#snapshot';
import type { LintContext } from './context.ts';
import type { Item } from './item.ts';
import { findWitness, type WitnessSearch } from './matcher-space.ts';
import { areApart, compareRank, type RankedRoute } from './route-space.ts';

const ANYTHING: Matcher = Object.freeze({
  consumers: null,
  labels: [],
  endpoints: null,
  paths: null,
  models: null,
  metadata: [],
  headers: [],
  when: null,
});

/** Conditions of which only those given narrow anything. Pure. */
export function matcherOf(part: Partial<Matcher>): Matcher {
  return { ...ANYTHING, ...part };
}

/** What to look for among the requests that a route really gets. */
export interface RouteQuestion {
  readonly route: RankedRoute;
  /** Whose requests; null for anybody's, where nobody is declared. */
  readonly consumer: Item<ConsumerSpec> | null;
  /** Further conditions, all of which hold. */
  readonly scopes?: readonly Matcher[];
  /** Requests that the consumer may make, or those it may not. */
  readonly permitted: boolean;
}

/**
 * Looks for a request that a route gets: no better route takes it, and the consumer's `allow` and `deny` let it through, or refuse it for its model or
 * endpoint. A better route with a `when` is taken to leave everything. Pure.
 */
export function findRequest(
  context: Pick<LintContext, 'routes' | 'world'>,
  { route, consumer, scopes = [], permitted }: RouteQuestion,
): WitnessSearch {
  const caller = consumer ? [matcherOf({ consumers: [compileGlob(consumer.name)] })] : [];
  const fits = [route.matcher, ...caller, ...scopes];
  const better = context.routes
    .filter((other) => !other.hasWhen && compareRank(other, route) < 0)
    .map(({ matcher }) => matcher)
    .filter((matcher) => fits.every((wanted) => !areApart(matcher, wanted)));
  const world = consumer ? { ...context.world, consumers: ownWorld(context, consumer) } : context.world;
  const { allowed, denied } = permissionsOf(consumer?.spec);
  if (permitted)
    return findWitness({ fits: [...fits, ...allowed], misses: [...better, ...denied], onlyUsual: true }, world);
  // Refused is who misses one of the lists, or fits the one of what is denied.
  const ways = [
    ...allowed.map((list) => ({ fits, misses: [...better, list] })),
    ...denied.map((list) => ({ fits: [...fits, list], misses: better })),
  ];
  for (const way of ways) {
    const found = findWitness({ ...way, onlyUsual: true }, world);
    if (found.kind !== 'none') return found;
  }
  return { kind: 'none' };
}

/** Whether the consumer may use the route by its name. Pure. */
export function mayUseRoute({ spec: { allow, deny } }: Item<ConsumerSpec>, { name }: Item<RouteSpec>): boolean {
  const isIn = (patterns: readonly string[]) => patterns.some((pattern) => fitsGlob(compileGlob(pattern), name));
  return (!allow?.routes || isIn(allow.routes)) && !isIn(deny?.routes ?? []);
}

/** Whether a consumer's lists let a target's model through; a refusal counts under any name of the model. Pure. */
export function mayUseModel({ allow, deny }: ConsumerSpec, { name, spec }: Item<ModelSpec>): boolean {
  const isIn = (patterns: readonly string[], names: readonly string[]): boolean =>
    patterns.some((pattern) => names.some((each) => fitsGlob(compileGlob(pattern), each)));
  if (isIn(deny?.models ?? [], [name, spec.upstreamName ?? name, ...(spec.aliases ?? [])])) return false;
  return allow?.models === undefined || isIn(allow.models, [name]);
}

function permissionsOf(spec: ConsumerSpec | undefined): {
  readonly allowed: readonly Matcher[];
  readonly denied: readonly Matcher[];
} {
  const { allow, deny } = spec ?? {};
  const models = allow?.models ? [matcherOf({ models: allow.models.map(compileGlob) })] : [];
  const endpoints = allow?.endpoints ? [matcherOf({ endpoints: allow.endpoints })] : [];
  const denied = deny?.models && deny.models.length > 0 ? [matcherOf({ models: deny.models.map(compileGlob) })] : [];
  const deniedEndpoints =
    deny?.endpoints && deny.endpoints.length > 0 ? [matcherOf({ endpoints: deny.endpoints })] : [];
  return { allowed: [...models, ...endpoints], denied: [...denied, ...deniedEndpoints] };
}

function ownWorld(
  { world }: Pick<LintContext, 'world'>,
  { name }: Item<ConsumerSpec>,
): LintContext['world']['consumers'] {
  return world.consumers?.filter((each) => each.name === name) ?? null;
}

import { asObject, type Glob } from '#core';
import { compileMatcher, specificityOf } from '#policy';
import type { FieldMatcher, Matcher, Predicate, Route, RouteSpec } from '#snapshot';
import type { Item, Specs } from './item.ts';
import type { RequestWorld } from './request-axes.ts';

/** A route with its conditions compiled and its rank told, as the gateway ranks it. */
export interface RankedRoute {
  readonly item: Item<RouteSpec>;
  readonly matcher: Matcher;
  readonly hasWhen: boolean;
  readonly specificity: Route['specificity'];
}

/** Where documents come from: the part of a context that is ready before routes are ranked. */
interface Documents {
  readonly every: <Kind extends keyof Specs>(kind: Kind) => readonly Item<Specs[Kind]>[];
  readonly unreadKinds: ReadonlySet<string>;
}

/** Stands for a `when` whose other half does not compile: rules never look into one. */
const OPAQUE: Predicate = Object.freeze({ source: '', evaluate: () => false });

/** All routes of an environment, best first; routes of equal rank by name. Pure. */
export function rankRoutes(documents: Documents): readonly RankedRoute[] {
  return documents
    .every('Route')
    .map((item) => {
      const hasWhen = item.spec.match.when !== undefined;
      const matcher = compileMatcher(item.spec.match, hasWhen ? OPAQUE : null);
      return { item, matcher, hasWhen, specificity: specificityOf(matcher, item.spec.priority ?? 0) };
    })
    .sort((a, b) => compareRank(a, b) || (a.item.name < b.item.name ? -1 : 1));
}

/** Negative when `a` comes before `b`, 0 when neither does. Pure. */
export function compareRank(a: RankedRoute, b: RankedRoute): number {
  for (const at of [0, 1, 2, 3] as const) {
    const difference = b.specificity[at] - a.specificity[at];
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The names that requests can carry in this environment. Pure. */
export function requestWorld(documents: Documents): RequestWorld {
  const consumers = documents.every('Consumer').map(({ name, metadata }) => {
    return { name, labels: asObject(metadata.labels) as Readonly<Record<string, string>> };
  });
  const isComplete = consumers.length > 0 && !documents.unreadKinds.has('Consumer');
  const models = new Map<string, string>();
  for (const { name } of documents.every('Model')) models.set(name, name);
  for (const { name, spec } of documents.every('Model')) {
    for (const alias of spec.aliases ?? []) if (!models.has(alias)) models.set(alias, name);
  }
  return { consumers: isComplete ? consumers : null, models };
}

/**
 * Tells quickly that two matchers share no request: both name exact values for the same thing, and none in common. False says nothing. Model names are
 * left out, since two different ones may be one model. Pure.
 */
export function areApart(a: Matcher, b: Matcher): boolean {
  if (a.endpoints && b.endpoints && !a.endpoints.some((endpoint) => b.endpoints?.includes(endpoint))) return true;
  if (areListsApart(a.consumers, b.consumers) || areListsApart(a.paths, b.paths)) return true;
  return (['labels', 'metadata', 'headers'] as const).some((group) => areFieldsApart(a[group], b[group]));
}

function areFieldsApart(a: readonly FieldMatcher[], b: readonly FieldMatcher[]): boolean {
  return a.some((field) => b.some((other) => other.key === field.key && areListsApart(field.values, other.values)));
}

function areListsApart(a: readonly Glob[] | null, b: readonly Glob[] | null): boolean {
  if (!a || !b) return false;
  if (!a.every((glob) => glob.isExact) || !b.every((glob) => glob.isExact)) return false;
  return !a.some((glob) => b.some((other) => other.source === glob.source));
}

import type { Glob } from '#core';
import type { Matcher, Route } from '#snapshot';

/**
 * How specific a route's conditions are: match fields given (each key of `labels`, `metadata` and `headers` counts as one, `when` as one), then how many
 * of them by exact values only, then the length of the longest literal prefix of a glob, then the priority. Larger wins from left to right. Pure.
 */
export function specificityOf(match: Matcher, priority: number): Route['specificity'] {
  const globLists: (readonly Glob[])[] = [];
  for (const list of [match.consumers, match.paths, match.models]) if (list) globLists.push(list);
  for (const field of [...match.labels, ...match.metadata, ...match.headers]) globLists.push(field.values);
  const closed = match.endpoints ? 1 : 0;
  const conditions = globLists.length + closed + (match.when ? 1 : 0);
  const exact = globLists.filter((globs) => globs.every((glob) => glob.isExact)).length + closed;
  const prefixes = globLists.flat().filter((glob) => !glob.isExact);
  return [conditions, exact, Math.max(0, ...prefixes.map((glob) => glob.literal.length)), priority];
}

/** Orders routes best first: by specificity and priority, then by name, so that no order of files matters. Pure. */
export function compareRoutes(a: Route, b: Route): number {
  for (const at of [0, 1, 2, 3] as const) {
    const difference = b.specificity[at] - a.specificity[at];
    if (difference !== 0) return difference;
  }
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

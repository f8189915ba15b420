import { compareText, compileGlob, type Glob } from '#core';
import type { FieldMatcher, Matcher, MatchSpec, Predicate } from '#snapshot';

/** The conditions of a route; `when` is compiled elsewhere. Pure. */
export function compileMatcher(match: MatchSpec, when: Predicate | null): Matcher {
  return {
    consumers: compileGlobs(match.consumers),
    labels: compileFields(match.labels),
    endpoints: match.endpoints ?? null,
    paths: compileGlobs(match.paths),
    models: compileGlobs(match.models),
    metadata: compileFields(match.metadata),
    headers: compileFields(match.headers, (name) => name.toLowerCase()),
    when,
  };
}

/** A list of patterns, null when absent or empty: then it holds for everything. Pure. */
export function compileGlobs(patterns: readonly string[] | undefined): readonly Glob[] | null {
  return patterns && patterns.length > 0 ? patterns.map(compileGlob) : null;
}

/** Keys with the patterns their values may fit, ordered by key. Pure. */
export function compileFields(
  fields: Readonly<Record<string, readonly string[]>> | undefined,
  nameOf: (key: string) => string = (key) => key,
): readonly FieldMatcher[] {
  return Object.entries(fields ?? {})
    .map(([key, values]) => ({ key: nameOf(key), values: values.map(compileGlob) }))
    .sort((a, b) => compareText(a.key, b.key));
}

import { asString, type Diagnostic, isObject } from '#core';
import type { Predicate } from '#snapshot';
import type { CelRefusal } from './cel-cost.ts';
import { type Effective, specOf } from './effective.ts';
import { errorAt } from './finding.ts';
import { createPredicateCompiler } from './predicate.ts';
import { spanWithinScalar } from './scalar-span.ts';

/** The conditions of all routes, by route name, and what was wrong with them. */
export interface CompiledPredicates {
  readonly predicates: ReadonlyMap<string, Predicate>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles every `when`; a finding stands at the characters of the expression that are to blame. Pure. */
export function compilePredicates(routes: Iterable<Effective>, texts: ReadonlyMap<string, string>): CompiledPredicates {
  const compile = createPredicateCompiler();
  const predicates = new Map<string, Predicate>();
  const diagnostics: Diagnostic[] = [];
  for (const route of routes) {
    const { match } = specOf(route);
    const source = isObject(match) ? asString(match.when) : undefined;
    if (source === undefined) continue;
    const result = compile(source);
    if (result.kind === 'predicate') predicates.set(route.name, result.predicate);
    else diagnostics.push(toDiagnostic(route, source, result.refusal, texts));
  }
  return { predicates, diagnostics };
}

function toDiagnostic(
  route: Effective,
  source: string,
  { rule, message, hint, start, end }: CelRefusal,
  texts: ReadonlyMap<string, string>,
): Diagnostic {
  const span = route.valueSpan(['spec', 'match', 'when']);
  const text = texts.get(span.file);
  const place = text === undefined ? span : spanWithinScalar({ text, span, value: source }, start, end);
  // In a block scalar the place is the whole; the expression itself then shows where.
  const isWhole = place === span && (start > 0 || end < source.length);
  const excerpt = isWhole ? ` (at \`${source.slice(start, end).trim() || source.slice(start, start + 20)}\`)` : '';
  return errorAt(place, { rule, message: `${message}${excerpt}`, hint });
}

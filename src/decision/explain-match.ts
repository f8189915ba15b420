import type { Place } from '#core';
import type { FieldMatcher, Matcher, Route, Snapshot } from '#snapshot';
import { firstFieldMisfit, firstMisfit, ownValue, type Subject, subjectOf } from './fits-matcher.ts';
import { bestRoute } from './match.ts';
import { placeOf } from './place.ts';
import type { RequestFacts } from './types.ts';

/** A route that did not win, and why: in words, with the line that decided. */
export interface Rival {
  readonly route: string;
  readonly lost: string;
  readonly file: string;
  readonly line: number;
}

/**
 * Every route but the winner with the reason why it lost, nearest first: those that fit and were less specific, then those that do not fit, each in the order
 * of their rank. Reads all routes, so it is for explanations only. Pure.
 */
export function explainMatch(snapshot: Snapshot, request: RequestFacts): readonly Rival[] {
  const subject = subjectOf(snapshot, request);
  const winner = bestRoute(snapshot.routeIndex, subject);
  const fitting: Rival[] = [];
  const others: Rival[] = [];
  for (const route of snapshot.routeIndex.ranked) {
    if (route === winner) continue;
    const misfit = firstMisfit(route.match, subject);
    if (misfit === null && winner !== null) fitting.push(lostTo(snapshot, route, winner));
    else if (misfit !== null) others.push(misfits(snapshot, route, misfit, subject));
  }
  return [...fitting, ...others];
}

/** Why one route did not win; null when it did or when there is no route of that name. Pure. */
export function explainWhyNot(snapshot: Snapshot, request: RequestFacts, route: string): Rival | null {
  return explainMatch(snapshot, request).find((rival) => rival.route === route) ?? null;
}

function lostTo(snapshot: Snapshot, route: Route, winner: Route): Rival {
  return rival(snapshot, route, `fits too, but ${comparison(route, winner)}`, 'match');
}

const SPECIFICITY_WORDS = ['match fields', 'exact match fields', 'characters of literal glob prefix'] as const;

function comparison(route: Route, winner: Route): string {
  for (const [index, words] of SPECIFICITY_WORDS.entries()) {
    const own = route.specificity[index] ?? 0;
    const other = winner.specificity[index] ?? 0;
    if (own !== other) return `is less specific than ${winner.name}: ${own} against ${other} ${words}`;
  }
  const [own, other] = [route.specificity[3], winner.specificity[3]];
  if (own !== other) return `has a lower priority than ${winner.name}: ${own} against ${other}`;
  return `ties with ${winner.name} and comes later by name`;
}

function misfits(snapshot: Snapshot, route: Route, field: keyof Matcher, subject: Subject): Rival {
  const { match } = route;
  const { request, resolvedModel } = subject;
  switch (field) {
    case 'consumers':
      return plain('consumers', request.consumer, sources(match.consumers));
    case 'endpoints':
      return plain('endpoints', request.endpoint, match.endpoints ?? []);
    case 'paths':
      return plain('paths', request.path, sources(match.paths));
    case 'models': {
      const isAlias = resolvedModel !== null && resolvedModel !== request.model;
      const lost = `models: ${quote(request.model)}${isAlias ? ` (${resolvedModel})` : ''} does not fit ${sources(match.models).join(', ')}`;
      return rival(snapshot, route, lost, 'match.models');
    }
    case 'labels':
      return keyed('labels', match.labels, request.labels);
    case 'metadata':
      return keyed('metadata', match.metadata, request.metadata);
    case 'headers':
      return keyed('headers', match.headers, request.headers);
    case 'when':
      return rival(snapshot, route, `when: ${match.when?.source.trim() ?? ''} is false`, 'match.when');
  }

  function plain(name: keyof Matcher, value: string, patterns: readonly string[]): Rival {
    return rival(snapshot, route, `${name}: ${quote(value)} does not fit ${patterns.join(', ')}`, `match.${name}`);
  }

  function keyed(
    name: 'labels' | 'metadata' | 'headers',
    matchers: readonly FieldMatcher[],
    values: Readonly<Record<string, string>>,
  ): Rival {
    const misfit = firstFieldMisfit(matchers, values);
    const key = misfit?.key ?? '';
    const value = ownValue(values, key);
    const what = value === undefined ? 'is absent' : `is ${quote(value)}`;
    const lost = `${name}.${key} ${what}, wanted ${sources(misfit?.values ?? []).join(', ')}`;
    return rival(snapshot, route, lost, `match.${name}.${key}`, `match.${name}`);
  }
}

function sources(globs: readonly { readonly source: string }[] | null): readonly string[] {
  return (globs ?? []).map((glob) => glob.source);
}

function quote(text: string): string {
  return JSON.stringify(text);
}

function rival(snapshot: Snapshot, route: Route, lost: string, ...fields: readonly string[]): Rival {
  const place: Place = placeOf(snapshot, `Route/${route.name}`, ...fields, 'match') ?? { file: '', line: 0 };
  return { route: route.name, lost, file: place.file, line: place.line };
}

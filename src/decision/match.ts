import type { Route, RouteIndex, Snapshot } from '#snapshot';
import { firstMisfit, ownValue, type Subject, subjectOf } from './fits-matcher.ts';
import { neededFacts } from './needed-facts.ts';
import type { MatchResult, RequestFacts } from './types.ts';

/**
 * Finds the most specific route that fits a request, and names the facts that deciding needs: target ids of every chain the
 * route or a budget can lead to, and the counters of every budget in scope in the windows of `nowMs`. Reads a few short
 * lists of the index, not all routes. Pure.
 */
export function match(snapshot: Snapshot, request: RequestFacts, nowMs: number): MatchResult {
  const route = bestRoute(snapshot.routeIndex, subjectOf(snapshot, request));
  if (route === null) return { kind: 'unmatched' };
  return { kind: 'matched', route, needs: neededFacts(snapshot, request, route, nowMs) };
}

/** The best-ranked route that fits; null when none does. Pure. */
export function bestRoute(index: RouteIndex, subject: Subject): Route | null {
  const { request, resolvedModel } = subject;
  let best = scan(index, index.byConsumer.get(request.consumer), subject, Number.POSITIVE_INFINITY);
  best = scan(index, index.byPath.get(request.path), subject, best);
  best = scan(index, index.byModel.get(request.model), subject, best);
  for (const { record, key, byValue } of index.byField) {
    const value = ownValue(request[record], key);
    if (value !== undefined) best = scan(index, byValue.get(value), subject, best);
  }
  best = scanPrefixes(index, request.model, subject, best);
  if (resolvedModel !== null && resolvedModel !== request.model) {
    best = scan(index, index.byModel.get(resolvedModel), subject, best);
    best = scanPrefixes(index, resolvedModel, subject, best);
  }
  best = scan(index, index.residual, subject, best);
  return index.ranked[best] ?? null;
}

/** Ranks rise along a list, so the first fit ends it and a better find elsewhere cuts it short. */
function scan(index: RouteIndex, ranks: readonly number[] | undefined, subject: Subject, best: number): number {
  if (ranks === undefined) return best;
  for (const rank of ranks) {
    if (rank >= best) return best;
    const route = index.ranked[rank];
    if (route !== undefined && firstMisfit(route.match, subject) === null) return rank;
  }
  return best;
}

function scanPrefixes(index: RouteIndex, model: string, subject: Subject, best: number): number {
  let found = best;
  for (const length of index.modelPrefixLengths) {
    if (length > model.length) continue;
    found = scan(index, index.byModelPrefix.get(model.slice(0, length)), subject, found);
  }
  return found;
}

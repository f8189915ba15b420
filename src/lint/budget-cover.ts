import { asObject, compileGlob, fitsGlob } from '#core';
import type { BudgetSpec, ConsumerSpec, RouteSpec } from '#snapshot';
import type { LintContext } from './context.ts';
import type { Hop } from './hops.ts';
import type { Item } from './item.ts';

/** A caller with its parents, nearest first: what it spends counts there too. */
export type CallerLine = readonly Item<ConsumerSpec>[];

/** Whether a list of patterns lets a text through; an absent or empty list lets everything. Pure. */
export function fitsAny(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns === undefined || patterns.length === 0 || patterns.some((pattern) => fitsPattern(pattern, text));
}

/** Most patterns are plain names, asked about once for each pair of documents: compiling those costs more than comparing. */
function fitsPattern(pattern: string, text: string): boolean {
  return pattern === text || (pattern.includes('*') && fitsGlob(compileGlob(pattern), text));
}

/** A consumer and everybody it counts for; one that is its own parent is followed once. Pure. */
export function lineOf(consumer: Item<ConsumerSpec>, { find }: Pick<LintContext, 'find'>): CallerLine {
  const line = [consumer];
  for (
    let parent = find('Consumer', consumer.spec.parent ?? '');
    parent && !line.includes(parent);
    parent = find('Consumer', parent.spec.parent ?? '')
  ) {
    line.push(parent);
  }
  return line;
}

/** Everybody who may call a route by its `consumers` and `labels`. Pure. */
export function callersOf(route: Item<RouteSpec>, context: LintContext): readonly CallerLine[] {
  const { consumers, labels = {} } = route.spec.match;
  return context
    .every('Consumer')
    .filter((consumer) => fitsAny(consumers, consumer.name) && hasLabels(consumer, labels))
    .map((consumer) => lineOf(consumer, context));
}

/** Whether a budget's scope can hold the caller; labels are those of the caller itself. Pure. */
export function coversCaller({ consumers, labels = {} }: NonNullable<BudgetSpec['scope']>, line: CallerLine): boolean {
  const [own] = line;
  return line.some(({ name }) => fitsAny(consumers, name)) && own !== undefined && hasLabels(own, labels);
}

/** Whether a budget's scope can hold a call of the route to the rung; metadata may always fit. Pure. */
export function coversHop(
  { routes, models, providers }: NonNullable<BudgetSpec['scope']>,
  route: Item<RouteSpec>,
  { model, provider }: Hop,
): boolean {
  return fitsAny(routes, route.name) && fitsAny(models, model?.name ?? '') && fitsAny(providers, provider?.name ?? '');
}

function hasLabels({ metadata }: Item<unknown>, labels: Readonly<Record<string, readonly string[]>>): boolean {
  const own = asObject(metadata.labels);
  return Object.entries(labels).every(([key, values]) => typeof own[key] === 'string' && fitsAny(values, own[key]));
}

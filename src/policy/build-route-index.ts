import type { Glob } from '#core';
import type { FieldMatcher, IndexedField, Route, RouteIndex } from '#snapshot';
import { compareRoutes } from './specificity.ts';

type Dimension = 'path' | 'field' | 'consumer' | 'model' | 'prefix';

/** One way to index a route: under each of the keys in one dimension. */
interface Choice {
  readonly dimension: Dimension;
  readonly keys: readonly string[];
}

type Lists = Map<string, number[]>;

/**
 * Indexes routes by their most selective condition: of the conditions that name exact values (or globs with a literal beginning), the one whose values the
 * fewest routes share. Ranks depend on specificity, priority and name alone. Pure. Measured: 10,000 routes in about 30 ms.
 */
export function buildRouteIndex(routes: Iterable<Route>): RouteIndex {
  const ranked = [...routes].sort(compareRoutes);
  const choices = ranked.map(choicesOf);
  const shared = countKeys(choices);
  const lists: Record<Dimension, Lists> = {
    path: new Map(),
    field: new Map(),
    consumer: new Map(),
    model: new Map(),
    prefix: new Map(),
  };
  const residual: number[] = [];
  for (const [rank, options] of choices.entries()) {
    const choice = mostSelective(options, shared);
    if (!choice) residual.push(rank);
    else for (const key of choice.keys) append(lists[choice.dimension], key, rank);
  }
  return {
    ranked,
    byConsumer: lists.consumer,
    byPath: lists.path,
    byModel: lists.model,
    byField: fieldsOf(lists.field),
    byModelPrefix: lists.prefix,
    modelPrefixLengths: [...new Set([...lists.prefix.keys()].map((key) => key.length))].sort((a, b) => b - a),
    residual,
  };
}

/** In the order that settles ties between equally selective conditions. */
function choicesOf({ match }: Route): readonly Choice[] {
  const choices: Choice[] = [];
  const add = (dimension: Dimension, globs: readonly Glob[] | null, prefix = ''): void => {
    if (globs?.every((glob) => glob.isExact)) choices.push({ dimension, keys: unique(globs, prefix) });
  };
  const addFields = (group: string, fields: readonly FieldMatcher[]): void => {
    for (const { key, values } of fields) {
      // A key with `=` could be taken for another key and value; it is looked up the slow way.
      if (!key.includes('=')) add('field', values, `${group}.${key}=`);
    }
  };
  add('path', match.paths);
  addFields('metadata', match.metadata);
  addFields('headers', match.headers);
  add('consumer', match.consumers);
  add('model', match.models);
  addFields('labels', match.labels);
  const hasPrefixes = match.models?.every((glob) => glob.literal.length > 0);
  const isMixed = match.models?.some((glob) => !glob.isExact);
  if (match.models && hasPrefixes && isMixed) {
    choices.push({ dimension: 'prefix', keys: [...new Set(match.models.map((glob) => glob.literal))] });
  }
  return choices;
}

/** From `metadata.topic=returns` to the value's list under the field: a look-up then joins no strings. */
function fieldsOf(lists: Lists): readonly IndexedField[] {
  const fields = new Map<string, IndexedField & { readonly byValue: Map<string, readonly number[]> }>();
  for (const [path, ranks] of lists) {
    const name = path.slice(0, path.indexOf('='));
    const dot = name.indexOf('.');
    const record = name.slice(0, dot) as IndexedField['record'];
    const field = fields.get(name) ?? { record, key: name.slice(dot + 1), byValue: new Map() };
    fields.set(name, field);
    field.byValue.set(path.slice(name.length + 1), ranks);
  }
  return [...fields.keys()].sort().flatMap((name) => fields.get(name) ?? []);
}

function unique(globs: readonly Glob[], prefix: string): readonly string[] {
  return [...new Set(globs.map((glob) => prefix + glob.source))];
}

function countKeys(choices: readonly (readonly Choice[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { dimension, keys } of choices.flat()) {
    for (const key of keys) counts.set(`${dimension} ${key}`, (counts.get(`${dimension} ${key}`) ?? 0) + 1);
  }
  return counts;
}

function mostSelective(choices: readonly Choice[], shared: ReadonlyMap<string, number>): Choice | undefined {
  let best: Choice | undefined;
  let bestCount = Number.POSITIVE_INFINITY;
  for (const choice of choices) {
    const count = Math.max(...choice.keys.map((key) => shared.get(`${choice.dimension} ${key}`) ?? 0));
    if (count < bestCount) {
      best = choice;
      bestCount = count;
    }
  }
  return best;
}

function append(lists: Lists, key: string, rank: number): void {
  const list = lists.get(key);
  if (list) list.push(rank);
  else lists.set(key, [rank]);
}

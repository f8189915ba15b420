import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asArray, asObject, asString, type JsonObject } from '#core';

const schemas = join(import.meta.dirname, '../../schemas');

/** A schema with the file whose `$ref`s it holds. */
export interface Located {
  readonly schema: JsonObject;
  readonly file: string;
}

/** The schema of a kind's `spec`. */
export function specSchema(kind: string): Located {
  const file = `${kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.schema.json`;
  return { schema: asObject(asObject(read(file).properties).spec), file };
}

/** What some schemas know, and the values that are to use it. */
export interface Described {
  readonly located: Located;
  readonly values: readonly unknown[];
  readonly path: string;
}

/**
 * Paths of the fields that the schemas know and none of the values has, through `$ref`s, alternatives, lists and maps (`*` is any name of one); nothing below a field that is not used. What several kinds share in
 * `defs.schema.json` is looked at once, over all its values, as `defs.NAME`.
 */
export function unusedFields(described: readonly Described[]): readonly string[] {
  const shared = new Map<string, unknown[]>();
  const own = described.flatMap(({ located, values, path }) => unusedIn(located, values, path, shared));
  // A shared part may hold another, which then has values more.
  const sizeOf = () => [...shared.values()].reduce((sum, values) => sum + values.length, 0);
  for (let before = -1; ; ) {
    const inShared = [...shared].flatMap(([name, values]) => {
      const located = { schema: asObject(asObject(read(SHARED).$defs)[name]), file: SHARED };
      return unusedIn(located, values, `defs.${name}`, shared);
    });
    if (sizeOf() === before) return [...new Set([...own, ...inShared])].sort();
    before = sizeOf();
  }
}

const SHARED = 'defs.schema.json';
/** A schema that holds itself is followed so far. */
const MAX_DEPTH = 8;

function unusedIn(
  located: Located,
  values: readonly unknown[],
  path: string,
  shared: Map<string, unknown[]>,
): string[] {
  if (path.split('.').length > MAX_DEPTH) return [];
  const unused: string[] = [];
  const fields = new Map<string, Located[]>();
  for (const { schema, file } of alternatives(located, values, shared)) {
    const { properties, items, prefixItems, additionalProperties } = schema;
    for (const [name, field] of Object.entries(asObject(properties))) {
      fields.set(name, [...(fields.get(name) ?? []), { schema: asObject(field), file }]);
    }
    const listed = values.filter(Array.isArray).flatMap(asArray);
    for (const item of [items, ...asArray(prefixItems)]) {
      if (item !== undefined && listed.length > 0)
        unused.push(...unusedIn({ schema: asObject(item), file }, listed, `${path}[]`, shared));
    }
    if (typeof additionalProperties !== 'object') continue;
    const named = values.flatMap((value) => Object.values(asObject(value)));
    if (named.length > 0)
      unused.push(...unusedIn({ schema: asObject(additionalProperties), file }, named, `${path}.*`, shared));
  }
  for (const [name, own] of fields) {
    const inner = values.map((value) => asObject(value)[name]).filter((value) => value !== undefined);
    if (inner.length === 0) unused.push(`${path}.${name}`);
    else for (const field of own) unused.push(...unusedIn(field, inner, `${path}.${name}`, shared));
  }
  return unused;
}

/** The schema with everything that it is made of, flat; what it shares with other kinds is noted with the values. */
function alternatives(
  located: Located,
  values: readonly unknown[],
  shared: Map<string, unknown[]>,
): readonly Located[] {
  const { schema, file } = located;
  const inner = [schema.oneOf, schema.anyOf, schema.allOf].flatMap(asArray).map(asObject);
  const found = inner.flatMap((each) => alternatives({ schema: each, file }, values, shared));
  const ref = asString(schema.$ref);
  if (ref === undefined) return [located, ...found];
  const [target = '', pointer = ''] = ref.split('#');
  const at = target === '' ? file : (target.split('/').at(-1) ?? file);
  const names = pointer.split('/').filter(Boolean);
  if (at === SHARED) {
    const name = names.at(-1) ?? '';
    const known = shared.get(name) ?? [];
    const fresh = values.filter((value) => !known.includes(value));
    if (fresh.length > 0) shared.set(name, [...known, ...fresh]);
    return found;
  }
  const resolved = names.reduce<JsonObject>((node, name) => asObject(node[name]), read(at));
  return [...found, ...alternatives({ schema: resolved, file: at }, values, shared)];
}

function read(file: string): JsonObject {
  return JSON.parse(readFileSync(join(schemas, file), 'utf8')) as JsonObject;
}

import { isObject, type JsonObject } from '#core';

/** A schema rewritten, and the keywords that went with it. */
export interface RewrittenSchema {
  readonly schema: JsonObject;
  /** Keywords that the target does not know, each once, in the order met. */
  readonly lost: readonly string[];
}

/**
 * A JSON Schema for `parametersJsonSchema` and `responseJsonSchema`: `$schema` means nothing there and `const` is not on
 * Google's list, so it becomes an `enum` of one (ai.google.dev/api/generate-content, `responseJsonSchema`). All else goes as
 * it is. Pure.
 */
export function plainJsonSchema(schema: JsonObject): JsonObject {
  const entries: [string, unknown][] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (key === '$schema') continue;
    if (key === 'const') entries.push(['enum', [value]]);
    else if (key === 'properties' || key === '$defs' || key === 'definitions') entries.push([key, mapPlain(value)]);
    else if (key === 'enum' || key === 'default' || key === 'examples') entries.push([key, value]);
    else entries.push([key, plainValue(value)]);
  }
  return Object.fromEntries(entries);
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  return isObject(value) ? plainJsonSchema(value) : value;
}

function mapPlain(value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
}

/** What `Schema` of the Gemini API holds as it is. */
const KEPT = new Set([
  ...['description', 'title', 'default', 'example', 'pattern', 'minimum', 'maximum', 'required', 'propertyOrdering'],
  ...['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties', 'nullable'],
]);
/** Keywords whose going changes nothing that the model could heed. */
const SILENT = new Set(['$schema', '$id', '$comment', '$defs', 'definitions', 'strict', 'examples']);
const FORMATS: Readonly<Record<string, ReadonlySet<string>>> = {
  STRING: new Set(['enum', 'date-time']),
  NUMBER: new Set(['float', 'double']),
  INTEGER: new Set(['int32', 'int64']),
};

const MAX_NODES = 10_000;

/**
 * A JSON Schema as the OpenAPI subset of `parameters` and `responseSchema`: `$ref` is put in place (a reference to
 * itself ends in an object without properties), `null` among types or alternatives becomes `nullable`, other lists of
 * types become alternatives, `const` an `enum`, numbers in an `enum` strings, `allOf` is merged, `oneOf` read as
 * `anyOf`. `additionalProperties: false` goes unnamed, since Gemini adds none. Pure.
 */
export function schemaSubset(root: JsonObject): RewrittenSchema {
  const lost = new Set<string>();
  let count = 0;

  function rewrite(schema: JsonObject, seen: ReadonlySet<string>): JsonObject {
    const { $ref } = schema;
    // References that branch at each level would double a small schema without end.
    if (++count > MAX_NODES) {
      lost.add('$ref');
      return { type: 'OBJECT' };
    }
    if (typeof $ref === 'string') return follow($ref, schema, seen);
    if (Array.isArray(schema.allOf)) return rewrite(mergeAll(schema, schema.allOf), seen);
    const types = typesOf(schema);
    const plainTypes = types.filter((type) => type !== 'NULL');
    const alternatives = alternativesOf(schema);
    const isNullable = types.length > plainTypes.length || alternatives.some(isNullSchema);
    const real = alternatives.filter((item) => !isNullSchema(item)).map((item) => rewrite(item, seen));
    const result: Record<string, unknown> = {};
    const [type] = plainTypes;
    if (plainTypes.length === 1) result.type = type;
    else if (plainTypes.length > 1) result.anyOf = plainTypes.map((one) => ({ type: one }));
    if (real.length > 1) result.anyOf = real;
    else if (real.length === 1) Object.assign(result, real[0]);
    copyKeywords(schema, result, seen);
    if (isNullable) result.nullable = true;
    return result;
  }

  function copyKeywords(schema: JsonObject, result: Record<string, unknown>, seen: ReadonlySet<string>): void {
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'type' || key === 'anyOf' || key === 'oneOf' || key === '$ref') continue;
      if (key === 'properties' && isObject(value)) result.properties = mapSchemas(value, seen);
      else if (key === 'items' && isObject(value)) result.items = rewrite(value, seen);
      else if (key === 'enum' || key === 'const') setEnum(result, key === 'enum' ? value : [value]);
      else if (key === 'format') setFormat(result, value);
      else if (KEPT.has(key)) result[key] = value;
      else if (!SILENT.has(key) && !(key === 'additionalProperties' && value === false)) lost.add(key);
    }
  }

  function follow(ref: string, schema: JsonObject, seen: ReadonlySet<string>): JsonObject {
    const target = resolve(root, ref);
    if (target === undefined || seen.has(ref)) {
      lost.add('$ref');
      return { type: 'OBJECT' };
    }
    const { $ref: _, ...beside } = schema;
    return rewrite({ ...target, ...beside }, new Set([...seen, ref]));
  }

  function mapSchemas(map: JsonObject, seen: ReadonlySet<string>): JsonObject {
    const entries = Object.entries(map).map(([key, value]) => [key, isObject(value) ? rewrite(value, seen) : {}]);
    return Object.fromEntries(entries);
  }

  /** Enums are strings here, whatever the type beside them. */
  function setEnum(result: Record<string, unknown>, value: unknown): void {
    if (!Array.isArray(value)) return;
    const strings = value
      .filter((item) => item !== null)
      .map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
    if (strings.length < value.length) result.nullable = true;
    if (strings.length === 0) return;
    result.enum = strings;
    if (result.type !== undefined && result.type !== 'STRING') lost.add('type');
    result.type = 'STRING';
  }

  function setFormat(result: Record<string, unknown>, value: unknown): void {
    const known = FORMATS[String(result.type)];
    if (typeof value === 'string' && known?.has(value) === true) result.format = value;
    else lost.add('format');
  }

  return { schema: rewrite(root, new Set()), lost: [...lost] };
}

function typesOf(schema: JsonObject): readonly string[] {
  const { type } = schema;
  const types = Array.isArray(type) ? type : [type];
  const named = types.filter((item) => typeof item === 'string').map((item) => item.toUpperCase());
  if (named.length > 0) return named;
  return isObject(schema.properties) ? ['OBJECT'] : isObject(schema.items) ? ['ARRAY'] : [];
}

function alternativesOf(schema: JsonObject): readonly JsonObject[] {
  const list = schema.anyOf ?? schema.oneOf;
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function isNullSchema(schema: JsonObject): boolean {
  return schema.type === 'null' || schema.type === 'NULL' || ('const' in schema && schema.const === null);
}

function mergeAll(schema: JsonObject, parts: readonly unknown[]): JsonObject {
  const { allOf: _, ...own } = schema;
  let merged: JsonObject = own;
  for (const part of parts.filter(isObject)) {
    const properties = { ...objectOr(merged.properties), ...objectOr(part.properties) };
    const required = [...listOr(merged.required), ...listOr(part.required)];
    merged = {
      ...part,
      ...merged,
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
    };
  }
  return merged;
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function listOr(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A pointer inside the same document (RFC 6901), as `#/$defs/Name`. */
function resolve(root: JsonObject, ref: string): JsonObject | undefined {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return undefined;
  let value: unknown = root;
  for (const step of ref.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return isObject(value) ? value : undefined;
}

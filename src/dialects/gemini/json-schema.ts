import { asNumber, isObject, type JsonObject } from '#core';
import { camelCase } from './spelling.ts';

/** Keywords that hold a schema, a list of schemas, or schemas by name. */
const NESTED = new Set(['items', 'additionalProperties']);
const LISTS = new Set(['anyOf', 'prefixItems', 'oneOf', 'allOf']);
const MAPS = new Set(['properties', 'defs', '$defs']);
// int64 fields of google.ai.generativelanguage.Schema, which protobuf JSON writes as strings.
const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties']);

/**
 * A Gemini `Schema` (OpenAPI subset: upper-case types, `nullable`, counts as strings, either spelling) as JSON Schema.
 * `nullable` becomes a second type, `format: enum` goes, since JSON Schema knows no such format. Pure.
 */
export function toJsonSchema(schema: JsonObject): JsonObject {
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(schema)) {
    const key = name.startsWith('$') ? name : camelCase(name);
    if (key === 'nullable' || value === undefined || value === null) continue;
    if (key === 'format' && value === 'enum') continue;
    if (key === 'type') entries.push([key, typeOf(value)]);
    else if (NESTED.has(key) && isObject(value)) entries.push([key, toJsonSchema(value)]);
    else if (LISTS.has(key) && Array.isArray(value)) entries.push([key, value.map(nested)]);
    else if (MAPS.has(key) && isObject(value)) entries.push([key, mapValues(value)]);
    else if (COUNTS.has(key) && typeof value === 'string') entries.push([key, asNumber(Number(value)) ?? value]);
    else entries.push([key, value]);
  }
  const result = Object.fromEntries(entries);
  return schema.nullable === true ? withNull(result) : result;
}

function nested(value: unknown): unknown {
  return isObject(value) ? toJsonSchema(value) : value;
}

function mapValues(map: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, nested(value)]));
}

// By number in Vertex AI's older clients (google.cloud.aiplatform.v1.Type).
const TYPE_BY_NUMBER = ['', 'string', 'number', 'integer', 'boolean', 'array', 'object', 'null'];

function typeOf(value: unknown): unknown {
  if (typeof value === 'number') return TYPE_BY_NUMBER[value] ?? value;
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function withNull(schema: JsonObject): JsonObject {
  const { type, anyOf } = schema;
  const isTyped = typeof type === 'string';
  return {
    ...schema,
    ...(isTyped ? { type: [type, 'null'] } : {}),
    ...(!isTyped && Array.isArray(anyOf) ? { anyOf: [...anyOf, { type: 'null' }] } : {}),
    ...(Array.isArray(schema.enum) && isTyped ? { enum: [...schema.enum, null] } : {}),
  };
}

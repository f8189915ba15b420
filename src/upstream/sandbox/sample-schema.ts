import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '#core';

// Schemas may refer to themselves; below this depth optional content is left out.
const MAX_DEPTH = 6;

/** A value that fits a JSON Schema, the same each time: for answers under a schema and for tool arguments. Pure. */
export function sampleOf(schema: unknown, text: string): unknown {
  return sample(asObject(schema), asObject(schema), text, 0);
}

function sample(schema: JsonObject, root: JsonObject, text: string, depth: number): unknown {
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
  if ('default' in schema) return schema.default;
  if (typeof schema.$ref === 'string')
    return depth > MAX_DEPTH ? null : sample(refer(root, schema.$ref), root, text, depth + 1);
  const choice = asArray(schema.anyOf ?? schema.oneOf)[0];
  if (isObject(choice)) return sample(choice, root, text, depth + 1);
  const merged = Object.assign({}, schema, ...asArray(schema.allOf)) as JsonObject;
  switch (typeOf(merged)) {
    case 'object':
      return sampleObject(merged, root, text, depth);
    case 'array': {
      const count = Math.min(Math.max(asNumber(merged.minItems) ?? 1, depth > MAX_DEPTH ? 0 : 1), 10);
      return Array.from({ length: count }, () => sample(asObject(merged.items), root, text, depth + 1));
    }
    case 'integer':
    case 'number':
      return asNumber(merged.minimum) ?? Math.min(1, asNumber(merged.maximum) ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(merged, text);
  }
}

function sampleObject(schema: JsonObject, root: JsonObject, text: string, depth: number): JsonObject {
  const required = new Set(asArray(schema.required));
  const object: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(asObject(schema.properties))) {
    if (depth > MAX_DEPTH && !required.has(name)) continue;
    if (depth > 2 * MAX_DEPTH) continue;
    object[name] = sample(asObject(property), root, text, depth + 1);
  }
  return object;
}

const FORMATS: Readonly<Record<string, string>> = Object.freeze({
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  email: 'sandbox@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
});

function sampleText(schema: JsonObject, text: string): string {
  const known = FORMATS[asString(schema.format) ?? ''];
  if (known !== undefined) return known;
  const maxLength = asNumber(schema.maxLength) ?? 200;
  return text.slice(0, maxLength).padEnd(Math.min(asNumber(schema.minLength) ?? 0, 1000), '.');
}

function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (typeof type === 'string') return type;
  if (isObject(schema.properties)) return 'object';
  return isObject(schema.items) ? 'array' : 'string';
}

function refer(root: JsonObject, reference: string): JsonObject {
  let place: unknown = root;
  for (const step of reference.replace(/^#\/?/, '').split('/')) {
    if (step !== '') place = asObject(place)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return asObject(place);
}

import { asObject, canonicalJson, isObject, type JsonObject } from '#core';

const FORMATS: ReadonlySet<string> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);
const PLAIN: ReadonlySet<string> = new Set(['title', 'description', 'default', 'enum', 'const', 'type', 'required']);
const IGNORED: ReadonlySet<string> = new Set(['$schema', '$id', '$comment', 'examples', 'additionalProperties']);
const DEFINITIONS: ReadonlySet<string> = new Set(['$defs', 'definitions']);
// Deeper schemas are no use to a model and would only exhaust the stack.
const MAX_DEPTH = 256;

/**
 * Rewrites a JSON Schema into the subset that structured outputs accept: objects are closed, `oneOf` becomes `anyOf`,
 * and constraints outside the subset (`minimum`, `pattern`, …) are said in the description instead. Null where that
 * would change what the schema describes (open maps, recursion, a root that is no object). Pure.
 * Source: platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations".
 */
export function structuredSchema(schema: JsonObject): JsonObject | null {
  if (schema.type !== 'object') return null;
  if (isRecursive(schema)) return null;
  return rewrite(schema);
}

/** Tells whether a schema lies in the subset as it stands. Pure. */
export function isStrictSchema(schema: JsonObject): boolean {
  const rewritten = structuredSchema(schema);
  return rewritten !== null && canonicalJson(rewritten) === canonicalJson(schema);
}

function rewrite(schema: unknown): JsonObject | null {
  if (!isObject(schema) || isOpenMap(schema)) return null;
  const out: Record<string, unknown> = {};
  const told: string[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (IGNORED.has(key) || key === 'description') continue;
    const kept = rewriteKeyword(key, value);
    if (kept === null) return null;
    if (kept === undefined) told.push(`${key}: ${JSON.stringify(value)}`);
    else out[key === 'oneOf' ? 'anyOf' : key] = kept;
  }
  if (isObjectType(schema)) out.additionalProperties = false;
  const description = [schema.description, told.length > 0 ? `{${told.join(', ')}}` : undefined];
  const text = description.filter((each) => typeof each === 'string' && each !== '').join('\n\n');
  return text === '' ? out : { ...out, description: text };
}

/** The keyword's new value; undefined where only words can keep it, null where nothing can. */
function rewriteKeyword(key: string, value: unknown): unknown {
  if (PLAIN.has(key)) return value;
  switch (key) {
    case '$ref':
      return typeof value === 'string' && value.startsWith('#') ? value : null;
    case 'properties':
    case '$defs':
    case 'definitions':
      return isObject(value) ? rewriteAll(value) : null;
    case 'items':
      return rewrite(value);
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      return Array.isArray(value) ? rewriteList(value) : null;
    case 'format':
      return typeof value === 'string' && FORMATS.has(value) ? value : undefined;
    case 'minItems':
      return value === 0 || value === 1 ? value : undefined;
    case 'patternProperties':
    case 'prefixItems':
    case 'if':
    case 'not':
    case 'dependentSchemas':
      return null;
    default:
      return undefined;
  }
}

function rewriteAll(schemas: JsonObject): JsonObject | null {
  const out: [string, JsonObject][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const rewritten = rewrite(schema);
    if (rewritten === null) return null;
    out.push([name, rewritten]);
  }
  return Object.fromEntries(out);
}

function rewriteList(schemas: readonly unknown[]): readonly JsonObject[] | null {
  const out = schemas.map(rewrite);
  return out.every((each) => each !== null) ? out : null;
}

function isObjectType(schema: JsonObject): boolean {
  return schema.type === 'object' || (Array.isArray(schema.type) && schema.type.includes('object'));
}

/** An object whose keys are not all named: closed, it could only ever be empty. */
function isOpenMap(schema: JsonObject): boolean {
  if (isObject(schema.additionalProperties) || schema.additionalProperties === true) return true;
  const hasNames = isObject(schema.properties) && Object.keys(schema.properties).length > 0;
  return isObjectType(schema) && !hasNames && schema.additionalProperties !== false;
}

/** Depth-first with each reference followed once, so that references shared many times cost nothing. */
function isRecursive(root: JsonObject): boolean {
  const open = new Set<string>();
  const done = new Set<string>();

  function visit(node: unknown, depth: number): boolean {
    if (typeof node !== 'object' || node === null) return false;
    if (depth > MAX_DEPTH) return true;
    if (Array.isArray(node)) return node.some((each) => visit(each, depth + 1));
    const { $ref: reference } = node as JsonObject;
    if (typeof reference === 'string' && !done.has(reference)) {
      const target = resolve(root, reference);
      if (target === undefined || open.has(reference)) return true;
      open.add(reference);
      if (visit(target, depth + 1)) return true;
      open.delete(reference);
      done.add(reference);
    }
    return Object.entries(node).some(([key, value]) => !DEFINITIONS.has(key) && visit(value, depth + 1));
  }

  return visit(root, 0) || Object.values(definitionsOf(root)).some((each) => visit(each, 1));
}

function definitionsOf(root: JsonObject): JsonObject {
  return { ...asObject(root.definitions), ...asObject(root.$defs) };
}

function resolve(root: JsonObject, reference: string): unknown {
  if (!reference.startsWith('#/')) return undefined;
  let node: unknown = root;
  for (const step of reference.slice(2).split('/')) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    node = isObject(node) ? node[key] : undefined;
  }
  return node;
}

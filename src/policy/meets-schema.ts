import { asArray, asObject, asString, canonicalJson, isObject, type JsonObject } from '#core';
import { TEXT_FORMATS } from './formats.ts';
import { SHARED_SCHEMA } from './schemas.ts';

type Check = (value: unknown) => boolean;

/** A keyword's check, made from what the keyword says; `schema` is what it stands in. */
type MakeCheck = (said: unknown, schema: JsonObject) => Check;

const always: Check = () => true;
const never: Check = () => false;

/** One check for each schema, made when a value first meets it: a tree of policies reaches a small part of all schemas. */
const made = new WeakMap<JsonObject, Check>();

/**
 * Whether a value meets a policy schema, without saying why not. Walks the schema: to compile all of them with Ajv takes half a second at each start, and
 * only a document with a mistake needs what Ajv then says of it. Knows the keywords that the policy schemas use; throws on any other. Pure.
 */
export function meetsSchema(schema: unknown, value: unknown): boolean {
  return checkOf(schema)(value);
}

function checkOf(schema: unknown): Check {
  if (typeof schema === 'boolean') return schema ? always : never;
  const known = asObject(schema);
  // Not made yet: what refers to itself ends here.
  return (value) => {
    const check = made.get(known) ?? makeCheck(known);
    made.set(known, check);
    return check(value);
  };
}

function makeCheck(schema: JsonObject): Check {
  const checks = Object.entries(schema).flatMap(([keyword, said]) => {
    if (NOTES.has(keyword) || keyword.startsWith('x-')) return [];
    const make = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
    if (make === undefined) throw new Error(`meets-schema.ts does not know the keyword ${keyword}`);
    return [make(said, schema)];
  });
  return (value) => checks.every((check) => check(value));
}

/** What asks nothing of a value by itself: notes, and words that another keyword reads. */
const NOTES = new Set('$schema $id $defs title description examples default then else'.split(' '));

const KEYWORDS: Readonly<Record<string, MakeCheck>> = {
  $ref: (said) => checkOf(definitionOf(String(said))),
  type: (said) => {
    const types = [said].flat().map(String);
    return (value) => types.some((type) => isOfType(type, value));
  },
  const: (said) => (value) => value === said,
  enum: (said) => {
    const allowed = new Set(asArray(said));
    return (value) => allowed.has(value);
  },
  minimum: (said) => onNumber((value) => value >= Number(said)),
  maximum: (said) => onNumber((value) => value <= Number(said)),
  exclusiveMaximum: (said) => onNumber((value) => value < Number(said)),
  minLength: (said) => onText((text) => [...text].length >= Number(said)),
  maxLength: (said) => onText((text) => [...text].length <= Number(said)),
  pattern: (said) => {
    const pattern = new RegExp(String(said), 'u');
    return onText((text) => pattern.test(text));
  },
  format: (said) => {
    const format = TEXT_FORMATS[String(said)];
    if (format === undefined) throw new Error(`no format is called ${said}`);
    return onText(format.isValid);
  },
  minItems: (said) => onList((items) => items.length >= Number(said)),
  uniqueItems: (said) =>
    said === true ? onList((items) => new Set(items.map(canonicalJson)).size === items.length) : always,
  items: (said) => {
    const check = checkOf(said);
    return onList((items) => items.every(check));
  },
  minProperties: (said) => onObject((object) => Object.keys(object).length >= Number(said)),
  maxProperties: (said) => onObject((object) => Object.keys(object).length <= Number(said)),
  required: (said) => onObject((object) => hasAll(object, said)),
  dependentRequired: (said) => {
    const rules = Object.entries(asObject(said));
    return onObject((object) => rules.every(([key, needed]) => object[key] === undefined || hasAll(object, needed)));
  },
  propertyNames: (said) => {
    const check = checkOf(said);
    return onObject((object) => Object.keys(object).every(check));
  },
  properties: (said) => {
    const fields = Object.entries(asObject(said)).map(([key, field]) => [key, checkOf(field)] as const);
    return onObject((object) => fields.every(([key, check]) => object[key] === undefined || check(object[key])));
  },
  patternProperties: (_, schema) => {
    const fields = patternsOf(schema);
    return onObject((object) =>
      Object.entries(object).every(([key, value]) =>
        fields.every(([pattern, check]) => !pattern.test(key) || check(value)),
      ),
    );
  },
  additionalProperties: (said, schema) => {
    const named = new Set(Object.keys(asObject(schema.properties)));
    const patterns = patternsOf(schema).map(([pattern]) => pattern);
    const check = checkOf(said);
    return onObject((object) =>
      Object.entries(object).every(
        ([key, value]) => named.has(key) || patterns.some((pattern) => pattern.test(key)) || check(value),
      ),
    );
  },
  allOf: (said) => {
    const checks = asArray(said).map(checkOf);
    return (value) => checks.every((check) => check(value));
  },
  if: (said, schema) => {
    const condition = checkOf(said);
    const met = checkOf(schema.then ?? true);
    const unmet = checkOf(schema.else ?? true);
    return (value) => (condition(value) ? met(value) : unmet(value));
  },
};

function definitionOf(reference: string): unknown {
  const name = reference.slice(reference.lastIndexOf('/') + 1);
  const definitions = asObject(SHARED_SCHEMA.$defs);
  if (reference !== `${asString(SHARED_SCHEMA.$id)}#/$defs/${name}` || !Object.hasOwn(definitions, name))
    throw new Error(`${reference} names no shared definition`);
  return definitions[name];
}

function patternsOf(schema: JsonObject): readonly (readonly [RegExp, Check])[] {
  return Object.entries(asObject(schema.patternProperties)).map(([pattern, field]) => [
    new RegExp(pattern, 'u'),
    checkOf(field),
  ]);
}

function hasAll(object: JsonObject, keys: unknown): boolean {
  return asArray(keys).every((key) => object[String(key)] !== undefined);
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'null') return value === null;
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'number') return Number.isFinite(value);
  if (type === 'string' || type === 'boolean') return typeof value === type;
  throw new Error(`no type is called ${type}`);
}

/** A keyword asks nothing of values of another type. */
function onNumber(check: (value: number) => boolean): Check {
  return (value) => typeof value !== 'number' || check(value);
}

function onText(check: (value: string) => boolean): Check {
  return (value) => typeof value !== 'string' || check(value);
}

function onList(check: (value: readonly unknown[]) => boolean): Check {
  return (value) => !Array.isArray(value) || check(value);
}

function onObject(check: (value: JsonObject) => boolean): Check {
  return (value) => !isObject(value) || check(value);
}

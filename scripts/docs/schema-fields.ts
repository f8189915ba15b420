import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asArray, asObject, asString, isObject, type JsonObject } from '#core';
import { code } from './markdown.ts';

/** One field of a document as a page shows it. */
export interface SchemaField {
  /** Dotted from where the listing began; `[]` stands for each item of a list, `*` for any key. */
  readonly path: string;
  /** As Markdown, with links to `values.md`. */
  readonly type: string;
  readonly isRequired: boolean;
  /** Undefined where the schema names none. */
  readonly fallback: unknown;
  readonly description: string;
}

/** Every field below a schema, in the schema's order. Shapes that several kinds share are named, not unfolded. */
export function listFields(schema: JsonObject, prefix = ''): readonly SchemaField[] {
  const required = asArray(schema.required).map(String);
  return Object.entries(asObject(schema.properties)).flatMap(([name, value]) => {
    const field = asObject(value);
    const path = `${prefix}${name}`;
    const own: SchemaField = {
      path,
      type: typeText(field),
      isRequired: required.includes(name),
      fallback: field.default,
      description: asString(field.description) ?? asString(definitionOf(field).description) ?? '',
    };
    return [own, ...innerFields(field, path)];
  });
}

/** What the conditions of a schema say in words, each once: the rules that no single field can show. */
export function listRules(schema: unknown): readonly string[] {
  const found = new Set<string>();
  collectRules(schema, found);
  return [...found];
}

/** The type as words: `text`, one of some values, a list of something, or a link to a shared form. */
export function typeText(schema: JsonObject): string {
  const reference = asString(schema.$ref);
  if (reference !== undefined) {
    const name = definitionName(reference);
    return `[${wordsOf(name)}](values.md#${wordsOf(name).replaceAll(' ', '-')})`;
  }
  if (schema.const !== undefined) return code(String(schema.const));
  const types = schema.type === undefined ? [] : [schema.type].flat().map(String);
  const values = enumOf(schema);
  if (values.length > 0) return [...values.map((value) => code(String(value))), ...others(types)].join(', ');
  return types.map((type) => plainType(type, schema)).join(' or ') || 'any value';
}

/** `moneyRate` as `money rate`. */
export function wordsOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function innerFields(field: JsonObject, path: string): readonly SchemaField[] {
  if (field.$ref !== undefined) return [];
  const items = asObject(field.items);
  const keys = asObject(field.additionalProperties);
  return [
    ...listFields(field, `${path}.`),
    ...(items.properties === undefined ? [] : listFields(items, `${path}[].`)),
    ...(keys.properties === undefined ? [] : listFields(keys, `${path}.*.`)),
  ];
}

function enumOf(schema: JsonObject): readonly unknown[] {
  const own = asArray(schema.enum);
  return own.length > 0 ? own : asArray(asObject(schema.then).enum);
}

function others(types: readonly string[]): readonly string[] {
  return types.filter((type) => type !== 'string').map((type) => plainType(type, {}));
}

function plainType(type: string, schema: JsonObject): string {
  switch (type) {
    case 'string':
      return formatText(asString(schema.format));
    case 'integer':
      return `whole number${rangeText(schema)}`;
    case 'number':
      return `number${rangeText(schema)}`;
    case 'boolean':
      return '`true`, `false`';
    case 'null':
      return '`null`';
    case 'array': {
      const items = asObject(schema.items);
      return Object.keys(items).length === 0 ? 'list' : `list of ${pluralOf(typeText(items))}`;
    }
    default: {
      const values = asObject(schema.additionalProperties);
      return Object.keys(values).length === 0 ? 'map' : `map of ${typeText(values)}`;
    }
  }
}

function pluralOf(type: string): string {
  return type === 'text' ? 'texts' : type.replace(/^map/, 'maps');
}

/** A text with a form of its own is defined once and linked. */
function formatText(format: string | undefined): string {
  if (format === undefined) return 'text';
  const [name] = Object.entries(definitions()).find(([, value]) => asObject(value).format === format) ?? [];
  if (name === undefined) return format === 'uri' ? 'URL' : format.replace('signalbox-', '').replaceAll('-', ' ');
  return typeText({ $ref: `#/$defs/${name}` });
}

function rangeText({ minimum, maximum, exclusiveMaximum }: JsonObject): string {
  const most = maximum ?? exclusiveMaximum;
  if (minimum === undefined && most === undefined) return '';
  if (most === undefined) return ` from ${minimum}`;
  const to = maximum === undefined ? `below ${most}` : `to ${most}`;
  return minimum === undefined ? ` ${to}` : ` from ${minimum} ${to}`;
}

function collectRules(node: unknown, found: Set<string>): void {
  if (Array.isArray(node)) for (const each of node) collectRules(each, found);
  if (!isObject(node)) return;
  for (const branch of [node.then, node.else]) {
    const rule = asString(asObject(branch).description);
    // A condition on the value's own type only repeats what the field says of itself.
    if (rule !== undefined && asObject(node.if).type === undefined)
      found.add(`${whenText(rule, asObject(node.if))}${rule}`);
  }
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'examples' && key !== 'default' && key !== 'if') collectRules(value, found);
  }
}

/** "This metric …" is about values that only the condition names. */
function whenText(rule: string, condition: JsonObject): string {
  if (!rule.startsWith('This ')) return '';
  const values = Object.values(asObject(condition.properties)).flatMap((each) => asArray(asObject(each).enum));
  return values.length === 0 ? '' : `${values.map((value) => code(String(value))).join(', ')}: `;
}

function definitionOf(schema: JsonObject): JsonObject {
  const reference = asString(schema.$ref);
  return reference === undefined ? {} : asObject(definitions()[definitionName(reference)]);
}

function definitionName(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}

/** Definitions that the kinds share, by name. */
export function definitions(): JsonObject {
  return asObject(readSchema('defs.schema.json').$defs);
}

export function readSchema(file: string): JsonObject {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas', file), 'utf8'));
}

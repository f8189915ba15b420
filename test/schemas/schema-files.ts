import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { asArray, asObject, type JsonObject } from '#core';
import { TEXT_FORMATS } from '../../src/policy/formats.ts';

const folder = join(import.meta.dirname, '../../schemas');

/** One schema file; `file` is also its `$id`. */
export interface SchemaFile {
  readonly file: string;
  readonly schema: JsonObject;
}

/** One subschema with the way to it. */
export interface SchemaNode {
  readonly file: string;
  /** JSON pointer within the file. */
  readonly pointer: string;
  readonly schema: JsonObject;
  /** Whether it describes a property, as opposed to a list item, a definition or the whole. */
  readonly isProperty: boolean;
}

export function readSchemaFiles(): readonly SchemaFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.schema.json'))
    .sort()
    .map((file) => ({ file, schema: JSON.parse(readFileSync(join(folder, file), 'utf8')) }));
}

/** A strict validator that knows every schema by its file name and every text form as the policy compiler has it. */
export function createStrictAjv(files: readonly SchemaFile[]): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  for (const [name, { isValid }] of Object.entries(TEXT_FORMATS)) ajv.addFormat(name, isValid);
  for (const { schema } of files) ajv.addSchema(schema);
  return ajv;
}

/** Every subschema that says what a value is. Branches of conditions are left out: they only add to one. */
export function listNodes({ file, schema }: SchemaFile): readonly SchemaNode[] {
  return nodesOf({ file, pointer: '', schema, isProperty: false });
}

function nodesOf(node: SchemaNode): readonly SchemaNode[] {
  const { file, pointer, schema } = node;
  const child = (step: string, value: unknown, isProperty: boolean): readonly SchemaNode[] =>
    nodesOf({ file, pointer: `${pointer}/${step}`, schema: asObject(value), isProperty });
  const named = (key: string, isProperty: boolean): readonly SchemaNode[] =>
    Object.entries(asObject(schema[key])).flatMap(([name, value]) =>
      child(`${key}/${name.replaceAll('/', '~1')}`, value, isProperty),
    );
  const single = (key: string): readonly SchemaNode[] =>
    typeof schema[key] === 'object' ? child(key, schema[key], false) : [];
  return [
    node,
    ...named('properties', true),
    ...named('$defs', false),
    ...single('items'),
    ...single('additionalProperties'),
    ...asArray(schema.anyOf).flatMap((value, index) => child(`anyOf/${index}`, value, false)),
  ];
}

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

/** Writes the TypeScript types of the schemas; with `--check` compares instead and exits 1 when a file differs. */
const root = join(import.meta.dirname, '..');
const banner = '/** Generated from schemas/ by scripts/generate-types.ts; change the schemas instead. */\n';
const isCheck = process.argv.includes('--check');

type Schema = { readonly [key: string]: unknown };

interface Output {
  readonly file: string;
  readonly text: string;
}

let isStale = false;
for (const output of [await documentTypes(), await recordTypes()]) {
  const path = join(root, output.file);
  if (readIfPresent(path) === output.text) continue;
  if (isCheck) {
    process.stderr.write(`${output.file} differs from its schemas: run "node scripts/generate-types.ts"\n`);
    isStale = true;
  } else {
    writeFileSync(path, output.text);
    process.stdout.write(`wrote ${output.file}\n`);
  }
}
if (isStale) process.exitCode = 1;

async function documentTypes(): Promise<Output> {
  const schemas = readdirSync(join(root, 'schemas'))
    .filter((file) => file.endsWith('.schema.json'))
    .sort()
    .map(readSchema)
    .filter((schema) => String(schema.title).endsWith('Document'));
  const text = await toTypeScript({
    title: 'Document',
    description: 'Any policy document, told apart by `kind`.',
    anyOf: schemas.map((schema) => forTypes(schema)),
  });
  const shared: string[] = [];
  for (const definition of sharedDefinitions()) shared.push(await toTypeScript(definition));
  const kind = "/** The kind of a policy document. */\nexport type DocumentKind = Document['kind'];\n";
  return { file: 'src/snapshot/documents.gen.ts', text: [banner, text, kind, ...shared].join('\n') };
}

async function recordTypes(): Promise<Output> {
  const { $defs, ...record } = readSchema('traffic-record.schema.json');
  const own = ($defs ?? {}) as Readonly<Record<string, Schema>>;
  const texts: string[] = [];
  for (const schema of [record, ...Object.values(own)]) texts.push(await toTypeScript(forTypes(schema, own)));
  return { file: 'src/decision-log/record.gen.ts', text: [banner, ...texts].join('\n') };
}

function readSchema(file: string): Schema {
  return JSON.parse(readFileSync(join(root, 'schemas', file), 'utf8'));
}

/** Definitions with a title become types of their own; the others stand in place. */
function sharedDefinitions(): readonly Schema[] {
  return Object.values(definitionsOf(readSchema('defs.schema.json')))
    .filter((definition) => definition.title !== undefined)
    .map((definition) => forTypes(definition));
}

function definitionsOf(schema: Schema): Readonly<Record<string, Schema>> {
  return (schema.$defs ?? {}) as Readonly<Record<string, Schema>>;
}

/** What a type cannot say is taken out: conditions, `x-` keys, examples. References become names of types. */
function forTypes(schema: Schema, own: Readonly<Record<string, Schema>> = definitionsOf(schema)): Schema {
  const {
    $schema,
    $id,
    allOf,
    if: condition,
    then: consequence,
    else: alternative,
    patternProperties,
    examples,
    ...kept
  } = schema;
  const { type, title, description } = kept;
  if (typeof kept.$ref === 'string') return referenced(kept, kept.$ref, own);
  if (type === undefined && isAnyValue(kept))
    return { ...kept, tsType: isFormPickedByRule(schema) ? 'string' : 'unknown' };
  if (type === 'object' && kept.properties === undefined && kept.additionalProperties === undefined) {
    return { ...kept, tsType: '{ readonly [k: string]: unknown }' };
  }
  if (Array.isArray(type) && isTextTold(condition) && isSchema(consequence) && Array.isArray(consequence.enum)) {
    const others = type.filter((name) => name !== 'string').map((name) => forTypes(memberOf(kept, name), own));
    return { title, description, anyOf: [{ enum: consequence.enum }, ...others] };
  }
  if (title !== undefined && Array.isArray(type) && type.includes('null')) {
    const value = memberOf(
      kept,
      type.find((name) => name !== 'null'),
    );
    return { description, anyOf: [forTypes({ ...value, title }, own), { type: 'null' }] };
  }
  return Object.fromEntries(Object.entries(kept).map(([key, value]) => [key, inner(key, value, own)]));
}

/** One member of a union of types. */
function memberOf(schema: Schema, type: unknown): Schema {
  const { title, description, default: fallback, minLength, ...value } = schema;
  return { ...value, type };
}

function isAnyValue(schema: Schema): boolean {
  return Object.keys(schema).every((key) => key === 'description' || key === 'default');
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null;
}

/** Whether a condition tells text from other types. */
function isTextTold(condition: unknown): boolean {
  return isSchema(condition) && condition.type === 'string';
}

function inner(key: string, value: unknown, own: Readonly<Record<string, Schema>>): unknown {
  if (key === 'properties' || key === '$defs') {
    return Object.fromEntries(
      Object.entries(value as Schema).map(([name, each]) => [name, forTypes(each as Schema, own)]),
    );
  }
  if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object' && value !== null) {
    return forTypes(value as Schema, own);
  }
  if (key === 'anyOf' || key === 'oneOf') return (value as readonly Schema[]).map((each) => forTypes(each, own));
  return value;
}

function referenced(schema: Schema, reference: string, own: Readonly<Record<string, Schema>>): Schema {
  const name = reference.split('/').at(-1) ?? '';
  const [file] = reference.split('#');
  const definition = (file === '' ? own : definitionsOf(readSchema(file ?? '')))[name];
  if (definition === undefined) throw new Error(`${reference} names no definition`);
  const description = schema.description ?? definition.description;
  if (definition.title === undefined) return { ...forTypes(definition, own), description };
  return { description, tsType: String(definition.title) };
}

/** A text whose form depends on a sibling has no type of its own in the schema: each rule's branch gives it. */
function isFormPickedByRule(schema: Schema): boolean {
  const { description, examples } = schema;
  const keys = Object.keys(schema).length;
  return (
    keys === 2 &&
    description !== undefined &&
    Array.isArray(examples) &&
    examples.every((each) => typeof each === 'string')
  );
}

async function toTypeScript(schema: Schema): Promise<string> {
  const text = await compile(schema as JSONSchema, String(schema.title), {
    bannerComment: '',
    additionalProperties: false,
    enableConstEnums: false,
    ignoreMinAndMaxItems: true,
    unknownAny: true,
    style: { printWidth: 120, singleQuote: true },
  });
  return readonly(text);
}

function readonly(text: string): string {
  const properties = text.replaceAll(/^( +)(?=(?:'[^']+'|[\w$]+)\??:[ \n]|\[k: string\]: )/gm, '$1readonly ');
  return readonlyArrays(properties);
}

/** `T[]` becomes `readonly T[]`; `T` is a name, or a union in parentheses that may span lines. Comments are left alone. */
function readonlyArrays(text: string): string {
  let result = text;
  for (let at = result.lastIndexOf('[]'); at > 0; at = result.lastIndexOf('[]', at - 1)) {
    const lineStart = result.lastIndexOf('\n', at) + 1;
    if (/^\s*\/?\*/.test(result.slice(lineStart, at))) continue;
    const start = elementStart(result, at);
    result = `${result.slice(0, start)}readonly ${result.slice(start)}`;
  }
  return result;
}

function elementStart(text: string, end: number): number {
  let at = end - 1;
  if (text[at] !== ')' && text[at] !== '}') {
    while (/[\w$]/.test(text[at] ?? '')) at--;
    return at + 1;
  }
  for (let depth = 0; at >= 0; at--) {
    if (text[at] === ')' || text[at] === '}') depth++;
    if (text[at] === '(' || text[at] === '{') depth--;
    if (depth === 0) return at;
  }
  throw new Error('a generated array type has no beginning');
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

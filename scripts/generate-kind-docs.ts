import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { asArray, asObject, asString, compareText } from '#core';
import { UNENFORCED } from '#lint';
import { KIND_NOTES } from './docs/kind-notes.ts';
import { code, flowText, paragraphs, table } from './docs/markdown.ts';
import { definitions, listFields, listRules, readSchema, type SchemaField, wordsOf } from './docs/schema-fields.ts';
import { writePages } from './docs/write-pages.ts';

/** Writes docs/kinds/ from the schemas; with `--check` compares instead and exits 1 when a page is stale, missing or left over. */
const root = join(import.meta.dirname, '..');
const schemas = readdirSync(join(root, 'schemas'))
  .filter((file) => file.endsWith('.schema.json'))
  .map((file) => ({ file, schema: readSchema(file) }))
  .filter(({ schema }) => String(schema.title).endsWith('Document'))
  .map(({ file, schema }) => ({ file, schema, kind: String(asObject(asObject(schema.properties).kind).const) }))
  .sort((a, b) => rankOf(a.kind) - rankOf(b.kind) || compareText(a.kind, b.kind));
const shipped = readdirSync(join(root, 'policies'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(root, 'policies', file), 'utf8') }))
  .sort((a, b) => compareText(a.file, b.file));

type KindSchema = (typeof schemas)[number];

writePages(
  'docs/kinds',
  new Map([
    ['README.md', overview()],
    ['values.md', valuesPage()],
    ...schemas.map((each) => [pageOf(each.kind), kindPage(each)] as const),
  ]),
  'scripts/generate-kind-docs.ts',
);

function overview(): string {
  const rows = schemas.map(({ kind, schema }) => [
    `[${kind}](${pageOf(kind)})`,
    code(`policies/${noteOf(kind).folder}`),
    asString(schema.description) ?? '',
    isCarriedOnly(kind) ? 'carried only' : 'yes',
  ]);
  return paragraphs([
    '# Document kinds',
    'Generated from `schemas/` by `npm run generate`. A policy is a YAML document of one of these kinds. Folders are a convention: `kind` picks the schema, wherever the file is.',
    table(['kind', 'folder', 'holds', 'enforced in this version'], rows),
    '"Required" on a page is meant within the map that holds the field.',
    '"Carried only": checked, linked and part of the compiled policies, but nothing acts on it yet. `signalbox lint` says so for each.',
    '## Every document',
    fence({
      apiVersion: 'signalbox/v1',
      kind: 'Chain',
      metadata: { name: 'premium', owner: 'platform', description: 'Frontier models that stand in for one another.' },
      spec: { targets: [{ id: 'gpt', model: 'openai/gpt-4o' }] },
    }),
    fieldTable(listFields(asObject(definitions().metadata), 'metadata.')),
    'Unknown keys are errors, except those that begin with `x-`: they are yours. Secrets are references, never values; see [secret ref](values.md#secret-ref). Nothing is interpolated into a text.',
    'The forms of durations, money, shares and the shapes that several kinds use are in [values.md](values.md). An editor with the YAML language server checks and completes a file whose first line names its schema: `# yaml-language-server: $schema=../../schemas/chain.schema.json`.',
  ]);
}

function kindPage({ file, schema, kind }: KindSchema): string {
  const spec = asObject(asObject(schema.properties).spec);
  const note = noteOf(kind);
  const examples = shipped.filter(({ text }) => new RegExp(`^kind: ${kind}$`, 'm').test(text));
  const rules = listRules(spec);
  return paragraphs([
    `# ${kind}`,
    asString(schema.description) ?? '',
    note.purpose,
    [
      `Folder: ${code(`policies/${note.folder}`)}`,
      `schema: [${code(file)}](../../schemas/${file})`,
      `see also: ${note.seeAlso.map((other) => `[${other}](${pageOf(other)})`).join(', ')}`,
    ].join(' · '),
    '## In this version',
    enforcement(kind),
    '## Fields of `spec`',
    fieldTable(listFields(spec)),
    rules.length === 0 ? '' : `## Rules between fields\n\n${rules.map((rule) => `* ${rule}`).join('\n')}`,
    '## Example',
    ...asArray(schema.examples).map(fence),
    examples.length === 0 ? '' : `In the example company: ${examples.map(shippedLink).join(', ')}.`,
  ]);
}

function valuesPage(): string {
  const sections = Object.entries(definitions())
    .filter(([name]) => name !== 'metadata')
    .flatMap(([name, value]) => {
      const definition = asObject(value);
      const rules = listRules(definition);
      const fields = listFields(definition);
      return [
        `## ${wordsOf(name)}`,
        asString(definition.description) ?? '',
        fields.length === 0 ? '' : fieldTable(fields),
        rules.length === 0 ? '' : rules.map((rule) => `* ${rule}`).join('\n'),
        `For example ${asArray(definition.examples)
          .map((each) => code(flowText(each)))
          .join(', ')}.`,
      ];
    });
  return paragraphs([
    '# Values and shared shapes',
    'Generated from `schemas/defs.schema.json` by `npm run generate`: the forms that the fields of several kinds take.',
    ...sections,
  ]);
}

function fieldTable(fields: readonly SchemaField[]): string {
  const rows = fields.map(({ path, type, isRequired, fallback, description }) => [
    code(path),
    type,
    defaultText(isRequired, fallback),
    description,
  ]);
  return table(['field', 'type', 'default', 'meaning'], rows);
}

function defaultText(isRequired: boolean, fallback: unknown): string {
  if (isRequired) return '**required**';
  return fallback === undefined ? '' : code(flowText(fallback));
}

function enforcement(kind: string): string {
  const entries = UNENFORCED.filter((entry) => entry.kind === kind);
  const idle = (noteOf(kind).reliesOn ?? []).filter(isCarriedOnly);
  const lines = [
    ...entries.map(({ id, message }) => (id === kind ? `* ${message}` : `* ${code(fieldOf(id))}: ${message}`)),
    ...idle.map((other) => `* a [${other}](${pageOf(other)}) that it names is carried only`),
  ];
  if (lines.length === 0)
    return 'Enforced: `signalbox lint` knows of nothing in this kind that would be without effect.';
  const head = isCarriedOnly(kind) ? 'Carried, not enforced yet:' : 'Enforced, with these limits:';
  return `${head}\n\n${lines.join('\n')}`;
}

/** `Provider.auth.kind` as the field that it is about. */
function fieldOf(id: string): string {
  return id.slice(id.indexOf('.') + 1);
}

/** Budgets hold, within limits that their entry tells; the other entries for a whole kind say that nothing acts on it. */
function isCarriedOnly(kind: string): boolean {
  return UNENFORCED.some(({ id }) => id === kind) && kind !== 'Budget';
}

function shippedLink({ file }: { readonly file: string }): string {
  return `[${code(file)}](../../policies/${file})`;
}

function fence(document: unknown): string {
  return `\`\`\`yaml\n${stringify(document, { lineWidth: 100 }).trimEnd()}\n\`\`\``;
}

function pageOf(kind: string): string {
  return `${kind.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase()}.md`;
}

function rankOf(kind: string): number {
  return Object.keys(KIND_NOTES).indexOf(kind);
}

function noteOf(kind: string) {
  const note = KIND_NOTES[kind];
  if (note === undefined) throw new Error(`scripts/docs/kind-notes.ts has no note for ${kind}`);
  return note;
}

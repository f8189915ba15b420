import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKS, type Check, type CompiledCheck, type SampleCase } from '#guardrails';
import { CHECK_FIGURES } from './docs/check-figures.ts';
import { code, flowText, paragraphs, table } from './docs/markdown.ts';
import { writePages } from './docs/write-pages.ts';

/** Writes docs/guardrails/: one page for each check from its meta, its sample and the schema’s options; with `--check` compares instead. */
interface OptionSchema {
  readonly description: string;
  readonly default?: unknown;
}
interface CheckSchema {
  readonly properties: Readonly<Record<string, OptionSchema>>;
  readonly allOf: readonly {
    readonly if: {
      readonly properties: { readonly check?: { readonly const?: string; readonly enum?: readonly string[] } };
    };
    readonly then?: { readonly required?: readonly string[] };
    readonly else?: { readonly properties: Readonly<Record<string, unknown>> };
  }[];
}

const schema = readSchema();
const checks = [...CHECKS.values()];
const KINDS: readonly (readonly [kind: CompiledCheck['kind'], title: string])[] = [
  ['spans', 'Places in a text'],
  ['whole', 'Whole texts'],
  ['tool-call', 'Calls of tools'],
  ['request', 'Facts of a request'],
  ['remote', 'Services that judge'],
];

writePages(
  'docs/guardrails',
  new Map([['README.md', overview()], ...checks.map((check) => [`${check.name}.md`, pageOf(check)] as const)]),
  'scripts/generate-check-docs.ts',
);

function overview(): string {
  const sections = KINDS.flatMap(([kind, title]) => {
    const own = checks.filter((check) => kindOf(check) === kind);
    const rows = own.map((check) => [`[${check.name}](${check.name}.md)`, check.summary]);
    return [`## ${title}`, table(['check', 'finds'], rows)];
  });
  return paragraphs([
    '# Checks',
    `Generated from \`src/guardrails/checks/\` by \`npm run generate\`: ${checks.length} checks. [guardrails.md](../guardrails.md) says what they look at and what follows from a finding.`,
    ...sections,
  ]);
}

function pageOf(check: Check): string {
  const options = optionsOf(check.name);
  const figures = CHECK_FIGURES[check.name];
  return paragraphs([
    `# ${check.name}`,
    check.summary,
    table(
      ['', ''],
      [
        ['stages', (check.stages ?? ['input', 'output']).map(code).join(', ')],
        ['actions', actionsOf(check).map(code).join(', ')],
        ...streamRow(check),
      ],
    ),
    options.length === 0 ? '' : '## Options',
    options.length === 0 ? '' : table(['option', 'says', 'default'], options.map(optionRow(check.name))),
    '## Example',
    `\`\`\`yaml\n- ${flowText({ id: check.name, check: check.name, action: actionsOf(check)[0], ...shownOptions(check) })}\n\`\`\``,
    kindOf(check) === 'remote' ? '' : samplesOf(check),
    check.limits === undefined ? '' : `## Limits\n\n${check.limits}`,
    figures === undefined ? '' : `## Measured\n\n${figures}`,
  ]);
}

/** The sample of a service points at this machine. */
function shownOptions({ sample }: Check): object {
  return sample.options.url === undefined ? sample.options : { ...sample.options, url: 'https://guard.example.com/v1' };
}

function samplesOf({ sample }: Check): string {
  const rows = [
    ['found', sampleText(sample.hit)],
    ['left alone', sampleText(sample.miss)],
  ];
  return table(['', ''], rows);
}

function optionRow(name: string) {
  return (option: string): readonly string[] => {
    const { description, default: value } = schema.properties[option] ?? { description: '' };
    const isRequired = schema.allOf.some(
      (rule) => rule.if.properties.check?.const === name && rule.then?.required?.includes(option),
    );
    return [code(option), description, isRequired ? 'required' : value === undefined ? '' : code(flowText(value))];
  };
}

/** Options that the schema gives to this check. */
function optionsOf(name: string): readonly string[] {
  const own = schema.allOf.flatMap((rule) => {
    const { const: one, enum: several } = rule.if.properties.check ?? {};
    const option = Object.keys(rule.else?.properties ?? {})[0];
    return option !== undefined && (one === name || several?.includes(name) === true) ? [option] : [];
  });
  const check = CHECKS.get(name);
  return check !== undefined && kindOf(check) === 'spans' ? [...own, 'restore'] : own;
}

function actionsOf(check: Check): readonly string[] {
  if (check.actions !== undefined) return check.actions;
  return ['block', 'mask', 'flag'];
}

/** What the check costs a stream. */
function streamRow(check: Check): readonly (readonly string[])[] {
  if (check.stages?.includes('output') === false) return [];
  const compiled = compiledOf(check);
  const reach = Math.max(0, ...compiled.map((each) => (each.kind === 'spans' ? each.reach : 0)));
  const labels = [...new Set(compiled.flatMap((each) => (each.kind === 'spans' ? [`[${each.label}_1]`] : [])))];
  switch (kindOf(check)) {
    case 'spans':
      return [
        ['streams', `at most ${reach.toLocaleString('en')} characters are kept back`],
        ['masked as', labels.map(code).join(', ')],
      ];
    case 'whole':
    case 'remote':
      return [['streams', 'the answer is held until it is whole']];
    case 'tool-call':
      return [['streams', 'a call is held until it is whole']];
    default:
      return [];
  }
}

function sampleText(sample: SampleCase): string {
  if (sample.kind === 'text')
    return code(
      sample.text
        .replaceAll('\n', '⏎')
        .replace(
          /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
          (sign) => `U+${sign.charCodeAt(0).toString(16).toUpperCase()}`,
        ),
    );
  if (sample.kind === 'tool-call') return `${code(sample.name)} called with ${code(JSON.stringify(sample.arguments))}`;
  return `a request with ${code(JSON.stringify(sample.request).replace(/eyJ[\w.-]{40,}/, 'eyJ…'))}`;
}

function kindOf(check: Check): CompiledCheck['kind'] {
  return compiledOf(check)[0]?.kind ?? 'whole';
}

function compiledOf(check: Check): readonly CompiledCheck[] {
  return [check.compile(check.sample.options)].flat();
}

function readSchema(): CheckSchema {
  const text = readFileSync(join(import.meta.dirname, '../schemas/guardrail.schema.json'), 'utf8');
  return JSON.parse(text).properties.spec.properties.checks.items as CheckSchema;
}

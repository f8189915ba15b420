import { compareText, type Severity } from '#core';
import { BUILTIN_FINDINGS, type BuiltinFinding } from './builtin-findings.ts';
import type { RuleMeta } from './rule.ts';
import { RULES } from './rules.ts';
import { WAIVER_EXPIRED, WAIVER_UNUSED } from './waivers.ts';

/** The page of one rule, as Markdown. */
export interface LintPage {
  readonly id: string;
  readonly severity: Severity;
  readonly summary: string;
  /** Ends with a line break. */
  readonly markdown: string;
}

/** A page for every id that `lint` can report, in order of id; a rule that both the compiler and the linter report has one page. Pure. */
export function lintPages(): readonly LintPage[] {
  const metas = [...RULES.map(({ meta }) => meta), WAIVER_EXPIRED, WAIVER_UNUSED];
  const pages = [...metas.map(rulePage), ...BUILTIN_FINDINGS.map(builtinPage)];
  return pages.sort((a, b) => compareText(a.id, b.id));
}

/** The page of an id; undefined when there is no such rule. Pure. */
export function findPage(id: string): LintPage | undefined {
  return lintPages().find((page) => page.id === id);
}

function rulePage(meta: RuleMeta): LintPage {
  const { id, severity, summary, why, bad, good, fix, waive } = meta;
  const parts = [
    `# ${id}`,
    `**${severity}** · ${summary}`,
    why,
    `## Bad\n\n${yaml(bad)}`,
    `## Good\n\n${yaml(good)}`,
    `## Options\n\n${optionsText(meta)}`,
    fixText(fix),
    `## Waiving it\n\n${waiveText(id, waive)}`,
  ];
  return { id, severity, summary, markdown: join(parts) };
}

function builtinPage({ id, summary, why, bad, good, fix, note }: BuiltinFinding): LintPage {
  const parts = [
    `# ${id}`,
    `**error** · ${summary}`,
    why,
    bad === undefined ? '' : `## Bad\n\n${yaml(bad)}`,
    good === undefined ? '' : `## Good\n\n${yaml(good)}`,
    fixText(fix),
    note ?? 'It is found while policies are read: nothing starts or reloads with it, and it cannot be waived.',
  ];
  return { id, severity: 'error', summary, markdown: join(parts) };
}

function optionsText({ id, options = 'None.', set }: RuleMeta): string {
  if (set === undefined) return options;
  return `${options} The Project sets them:\n\n${yaml(`kind: Project\nmetadata: { name: your-company }\nspec:\n  lint:\n    ${id}: ${set}`)}`;
}

function fixText(fix: string | undefined): string {
  return fix === undefined ? '' : `## Fixing it\n\n\`signalbox lint --fix\`: ${fix}`;
}

function waiveText(id: string, waive: string | undefined): string {
  if (waive === undefined) return 'There is no good reason to: fix it.';
  const document = [
    'apiVersion: signalbox/v1',
    'kind: Waiver',
    'metadata: { name: say-what-it-is, owner: your-team }',
    `spec: { rule: ${id}, subject: Kind/name, reason: Say why., expires: 2027-03-31 }`,
  ];
  return `${waive}\n\n${yaml(document.join('\n'))}`;
}

function yaml(text: string): string {
  return `\`\`\`yaml\n${text.trim()}\n\`\`\``;
}

function join(parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

import { CONFIG_KINDS } from './config-kinds.ts';
import type { Difference, Verdict } from './difference.ts';
import type { Imported } from './imported.ts';

const VERDICTS: Readonly<Record<Verdict, string>> = {
  full: 'Everything that decides something was imported.',
  partial: 'Imported in part: what was left out stands below.',
  none: 'Nothing in the file answers a request here; what it holds stands below.',
};

const EFFECTS: readonly (readonly [effect: Difference['effect'], title: string])[] = [
  ['needs-you', 'To be done by hand'],
  ['differs', 'Behaves in another way'],
  ['left-out', 'Left out'],
  ['added', 'Added'],
  ['ignored', 'No policy, not looked at'],
];

/** The report as the page `IMPORT.md` of the new tree: for the reviewer of the pull request that brings it. Pure. */
export function writeImportPage(
  imported: Pick<Imported, 'source' | 'verdict' | 'differences' | 'findings' | 'counts'>,
  file: string,
): string {
  const { source, verdict, differences, findings, counts } = imported;
  const made = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  const warnings = findings.filter(({ severity }) => severity === 'warn');
  const lines = [
    '# Import',
    '',
    `These policies were made from ${code(file)}, a configuration of ${CONFIG_KINDS[source]}. ${VERDICTS[verdict]}`,
    ...(made.length > 0 ? ['', `Made of it: ${made.join(', ')}.`] : []),
    '',
    'Delete this page when everything on it is settled.',
    ...EFFECTS.flatMap(([effect, title]) =>
      section(
        title,
        differences.filter((each) => each.effect === effect),
      ),
    ),
    ...(warnings.length === 0 ? [] : ['', '## What `signalbox lint` says', '']),
    ...warnings.map(
      ({ file, line, rule, message }) => `- ${code(`policies/${file}:${line}`)} ${plain(message)} (${rule})`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function section(title: string, differences: readonly Difference[]): readonly string[] {
  if (differences.length === 0) return [];
  const rows = differences.map(({ file, line, path, message, action }) => {
    const place = path === '' ? `${file}:${line}` : `${file}:${line} ${path}`;
    return `| ${code(place)} | ${cell(message)} | ${cell(action)} |`;
  });
  return ['', `## ${title}`, '', '| where | what | what to do |', '|---|---|---|', ...rows];
}

/** Text of the source as code: it can neither close the span nor the cell. */
function code(text: string): string {
  return `\`${controlled(text).replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}

function cell(text: string): string {
  return plain(text).replaceAll('|', '\\|');
}

/** Markup of the source is shown, not obeyed; our own code spans stay. */
function plain(text: string): string {
  return controlled(text)
    .split(/(`[^`]*`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[<>[\]*_#\\]/g, '\\$&')))
    .join('');
}

function controlled(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, ' ');
}

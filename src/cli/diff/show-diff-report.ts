import type { Place } from '#core';
import { createPaint, type Paint } from '../report/colours.ts';
import { codeSpan, escapeCell } from '../report/markdown.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { wrap } from '../report/wrap.ts';
import type { Affected } from './affected.ts';
import { type DiffReport, type EnvironmentChange, hasDifferences } from './diff-report.ts';

/** Files of both sides as the user finds them. */
export interface DiffPaths {
  readonly base: (file: string) => string;
  readonly head: (file: string) => string;
}

const MARKS = { added: '+', removed: '-', changed: '~', inherited: '~' } as const;
const MOST_NAMES = 8;

/** A comparison for people: each document with what is different, where it stands on both sides, and whom it is about. Pure. */
export function showDiffReport(report: DiffReport, look: Look, paths: DiffPaths): string {
  const paint = createPaint(look.hasColours);
  const { base, head, running, changes, drift, rewritten, environments } = report;
  const blocks = [`${safeText(base.name)} → ${safeText(head.name)}`];
  for (const name of environments.added) blocks.push(`${paint('good', '+')} environment ${safeText(name)} is new`);
  for (const name of environments.removed) blocks.push(`${paint('error', '-')} environment ${safeText(name)} is gone`);
  blocks.push(...changes.map((change) => showChange(change, report, look, paths, paint)));
  if (drift.length > 0) {
    const title = `${safeText(running?.name ?? '')} does otherwise, and this change does not explain it:`;
    blocks.push(paint('warn', title), ...drift.map((change) => showChange(change, report, look, paths, paint)));
  }
  if (rewritten.length > 0 && !look.isQuiet) {
    const text = `Written differently, with the same effect: ${namesText(rewritten)}`;
    blocks.push(paint('dim', wrap(text, look.columns, '')));
  }
  if (look.isQuiet && !hasDifferences(report)) return '';
  return `${[...blocks, paint('strong', summaryOf(report))].join('\n\n')}\n`;
}

/** The same as a comment for a pull request. Pure. */
export function diffMarkdown(report: DiffReport, paths: DiffPaths): string {
  const { base, head } = report;
  const title = `### signalbox diff: ${escapeCell(summaryOf(report))}`;
  return `${[title, `${codeSpan(base.name)} → ${codeSpan(head.name)}`, ...diffSections(report, paths)].join('\n\n')}\n`;
}

/** What follows the title: environments, changes, drift. Empty when nothing is different. Pure. */
export function diffSections(report: DiffReport, paths: DiffPaths): readonly string[] {
  const { changes, drift, rewritten, environments, running } = report;
  const parts: string[] = [];
  for (const name of environments.added) parts.push(`Environment ${codeSpan(name)} is new.`);
  for (const name of environments.removed) parts.push(`Environment ${codeSpan(name)} is gone.`);
  if (changes.length > 0) parts.push(table(changes, report, paths));
  if (drift.length > 0) {
    parts.push(`#### ${escapeCell(running?.name ?? '')} does otherwise, and this change does not explain it`);
    parts.push(table(drift, report, paths));
  }
  if (rewritten.length > 0)
    parts.push(`Written differently, with the same effect: ${rewritten.map(codeSpan).join(', ')}`);
  return parts;
}

/** One line for all of it. Pure. */
export function summaryOf(report: DiffReport): string {
  const { changes, drift, environments } = report;
  const compared = environments.compared.map(safeText).join(', ') || 'no environment';
  if (!hasDifferences(report)) return `nothing does otherwise (${compared})`;
  const count = `${changes.length} document${changes.length === 1 ? '' : 's'} changed`;
  const waiting = changes.filter(({ inService }) => inService === false).length;
  const service = report.running === null ? '' : `, ${waiting} not in service yet, ${drift.length} drifted`;
  return `${count}${service} (${compared})`;
}

function showChange(change: EnvironmentChange, report: DiffReport, look: Look, paths: DiffPaths, paint: Paint): string {
  const { document, change: kind, fields, affects, inService } = change;
  const part = kind === 'added' ? 'good' : kind === 'removed' ? 'error' : 'warn';
  const note = kind === 'inherited' ? ' takes over what others say' : '';
  const head = `${paint(part, MARKS[kind])} ${paint('strong', safeText(document))}${note}  ${paint('place', placeText(change.base, change.head, paths))}`;
  const lines = fields.flatMap(({ words, base, head: to }) => {
    const place = base === null && to === null ? '' : placeText(base, to, paths);
    return [wrap(safeText(words), look.columns, '    '), ...(place === '' ? [] : [`      ${paint('place', place)}`])];
  });
  const who = affectedText(affects);
  if (who !== '') lines.push(wrap(`for ${who}`, look.columns, '    '));
  const environments = environmentsText(change, report);
  if (environments !== '') lines.push(paint('dim', `    in ${environments}`));
  if (inService !== null && report.running !== null && report.changes.includes(change)) {
    lines.push(paint('dim', inService ? '    in service already' : '    not in service yet'));
  }
  return [head, ...lines].join('\n');
}

function table(changes: readonly EnvironmentChange[], report: DiffReport, paths: DiffPaths): string {
  const rows = changes.map((change) => {
    const { document, change: kind, fields, affects } = change;
    const words = fields.length === 0 ? kind : fields.map(({ words: text }) => escapeCell(text)).join('<br>');
    const environments = environmentsText(change, report);
    const where = codeSpan(placeText(change.base, change.head, paths));
    return `| ${MARKS[kind]} | ${codeSpan(document)}${environments === '' ? '' : `<br>in ${escapeCell(environments)}`} | ${words} | ${escapeCell(affectedText(affects))} | ${where} |`;
  });
  return ['| | document | what | for | where |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** `policies/a.yaml:3`, with the old place behind it where it is another one. */
function placeText(base: Place | null, head: Place | null, paths: DiffPaths): string {
  const was = base === null ? null : `${safeText(paths.base(base.file))}:${base.line}`;
  const is = head === null ? null : `${safeText(paths.head(head.file))}:${head.line}`;
  if (is === null) return was === null ? '' : `was ${was}`;
  if (was === null || was === is) return is;
  if (base?.file !== head?.file) return `${is} (was ${was})`;
  return base?.line === head?.line ? is : `${is} (was :${base?.line})`;
}

function affectedText({ consumers, routes, isEverybody }: Affected): string {
  const who = isEverybody ? 'every consumer' : namesText(consumers);
  const through =
    routes.length === 0
      ? ''
      : `${who === '' ? '' : ' '}through ${routes.length === 1 ? 'route' : 'routes'} ${namesText(routes)}`;
  return `${who}${through}`;
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map(safeText).join(', ');
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}

/** Nothing where it holds in all that were compared. */
function environmentsText({ environments }: EnvironmentChange, report: DiffReport): string {
  const isAll = report.environments.compared.every((name) => environments.includes(name));
  return isAll ? '' : environments.map(safeText).join(', ');
}

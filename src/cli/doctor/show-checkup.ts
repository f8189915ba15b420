import { createPaint } from '../report/colours.ts';
import { fails, type Look, type Report } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { wrap } from '../report/wrap.ts';
import type { Outcome } from './outcome.ts';

const MARKS: Readonly<Record<Outcome['status'], string>> = { good: '✔', info: 'i', warn: '!', error: '✖' };
const NAME_WIDTH = 11;
const INDENT = ' '.repeat(NAME_WIDTH + 2);

/** The outcomes for a terminal: a mark, the check, what was found, where, and what to do. Pure. */
export function showCheckup(outcomes: readonly Outcome[], look: Look, failLevel: Report['failLevel']): string {
  const paint = createPaint(look.hasColours);
  const shown = outcomes.filter(({ status }) => !look.isQuiet || (status !== 'good' && fails(status, failLevel)));
  const nextStep = (hint: string) => paint('dim', wrap(`→ ${safeText(hint)}`, look.columns, INDENT));
  const lines = shown.flatMap(({ check, status, where, message, hint }, index) => {
    const name = shown[index - 1]?.check === check ? '' : check;
    const text = wrap(`${safeText(where)}: ${safeText(message)}`, look.columns, INDENT).slice(INDENT.length);
    const head = `${paint(status, MARKS[status])} ${paint('strong', name.padEnd(NAME_WIDTH))}`;
    const isSaidBelow = hint === shown[index + 1]?.hint;
    return [`${head}${text}`, ...(hint === null || isSaidBelow ? [] : [nextStep(hint)])];
  });
  if (!look.isQuiet) lines.push('', summaryOf(outcomes));
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** The same as a table. Pure. */
export function checkupMarkdown(outcomes: readonly Outcome[]): string {
  const cell = (text: string) => safeText(text).replace(/[|\\`<>[\]]/g, (character) => `\\${character}`);
  const rows = outcomes.map(
    ({ check, status, where, message, hint }) =>
      `| ${MARKS[status]} | ${check} | ${cell(where)} | ${cell(message)} | ${cell(hint ?? '')} |`,
  );
  return `## Signalbox doctor\n\n${summaryOf(outcomes)}\n\n| | check | where | what | next step |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function summaryOf(outcomes: readonly Outcome[]): string {
  const count = (status: Outcome['status']) => outcomes.filter((each) => each.status === status).length;
  const parts = [
    `${count('good')} good`,
    `${count('warn')} to look at`,
    `${count('error')} wrong`,
    `${count('info')} hints`,
  ];
  return parts.filter((part) => !part.startsWith('0 ')).join(', ');
}

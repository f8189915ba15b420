import type { Diagnostic } from '#core';
import { codeFrame } from '#policy';
import { createPaint, type Paint } from './colours.ts';
import { countText, fails, type Look, namedEnvironments, type Report } from './report.ts';
import { safeText } from './safe-text.ts';
import { wrap } from './wrap.ts';

/** Findings for people: where, what, the lines in question, and what to do next; advice is kept short and comes last. Pure. */
export function writePretty(report: Report, look: Look): string {
  const paint = createPaint(look.hasColours);
  const shown = report.findings.filter(({ severity }) => !look.isQuiet || fails(severity, report.failLevel));
  const detailed = shown.filter(({ severity }) => severity !== 'info');
  const advice = shown.filter(({ severity }) => severity === 'info');
  const blocks = detailed.map((finding) => showFinding(finding, report, look, paint));
  if (advice.length > 0) blocks.push(advice.map((finding) => showAdvice(finding, report, look, paint)).join('\n'));
  const notes = look.isQuiet ? [] : report.notes.map((note) => paint('dim', wrap(safeText(note), look.columns, '')));
  if (notes.length > 0) blocks.push(notes.join('\n'));
  if (!look.isQuiet) blocks.push(summary(report, paint));
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

function showFinding(finding: Diagnostic, report: Report, look: Look, paint: Paint): string {
  const { severity, rule, message, hint, related = [], witness } = finding;
  const environments = namedEnvironments(finding, report);
  const lines = [
    `${paint('place', place(finding, report))} ${paint(severity, severity === 'warn' ? 'warning' : severity)} ${paint('rule', rule)}`,
    paint('strong', wrap(safeText(message), look.columns, '  ')),
    frameOf(finding, report, look, paint),
    hint === undefined ? '' : wrap(`hint: ${safeText(hint)}`, look.columns, '  '),
    ...related.map(
      (other) =>
        `  ${paint('dim', 'see:')} ${paint('place', `${path(other.file, report)}:${other.line}`)} ${safeText(other.message)}`,
    ),
    witness === undefined ? '' : wrap(`request: ${safeText(JSON.stringify(witness))}`, look.columns, '  '),
    environments.length === 0 ? '' : paint('dim', `  in ${environments.map(safeText).join(', ')}`),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function showAdvice(finding: Diagnostic, report: Report, look: Look, paint: Paint): string {
  const head = `${paint('place', place(finding, report))} ${paint('info', 'info')} ${paint('rule', finding.rule)}`;
  return `${head}\n${wrap(safeText(finding.message), look.columns, '  ')}`;
}

function frameOf({ file, span }: Diagnostic, { texts }: Report, look: Look, paint: Paint): string {
  const text = texts.get(file);
  if (text === undefined || span === undefined) return '';
  const frame = codeFrame(text, span, {
    contextLines: 1,
    maxWidth: Math.max(40, look.columns - 12),
    style: (part, piece) => (part === 'source' ? piece : paint(part === 'marker' ? 'error' : 'dim', piece)),
  });
  return frame
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

function summary(report: Report, paint: Paint): string {
  const isFailed = report.findings.some(({ severity }) => fails(severity, report.failLevel));
  const mark = isFailed ? paint('error', '✖') : paint('good', '✔');
  return `${mark} ${countText(report.findings)} ${paint('dim', `(${report.scope})`)}`;
}

function place({ file, line, column }: Diagnostic, report: Report): string {
  return `${path(file, report)}:${line}:${column}`;
}

function path(file: string, { pathOf }: Report): string {
  return safeText(pathOf(file));
}

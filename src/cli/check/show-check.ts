import type { Diagnostic } from '#core';
import { createPaint } from '../report/colours.ts';
import { writePretty } from '../report/pretty.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { wrap } from '../report/wrap.ts';
import type { CheckedStep, CheckReport } from './check-report.ts';

/** The check for a terminal: what was found, then one line for each verb and what to do next. Pure. */
export function showCheck(report: CheckReport, findings: readonly Diagnostic[], look: Look): string {
  const { dryRun, tests, notes } = report;
  const paint = createPaint(look.hasColours);
  const found = findings.length === 0 ? '' : `${writePretty(listOf(findings), { ...look, isQuiet: true })}\n`;
  const line = (name: string, step: CheckedStep<unknown>, text: string): string => {
    const mark =
      step.exitCode !== 0 ? paint('error', '✖') : step.report === null ? paint('dim', '-') : paint('good', '✔');
    return `${mark} ${name.padEnd(8)} ${wrap(safeText(step.problem ?? text), look.columns - 11, '').replaceAll('\n', `\n${' '.repeat(11)}`)}`;
  };
  const errors = (step: CheckReport['lint']): string => {
    const count = step.report?.findings.filter(({ severity }) => severity === 'error').length ?? 0;
    return count === 0 ? 'no errors' : `${count} ${count === 1 ? 'error' : 'errors'}`;
  };
  const lines = [
    line('layout', report.layout, errors(report.layout)),
    line('lint', report.lint, errors(report.lint)),
    line('tests', tests, `${tests.report?.passed ?? 0} pass, ${tests.report?.failed ?? 0} fail`),
    line('dry-run', dryRun, dryRun.report?.verdict.text ?? 'the policies do not compile'),
    ...notes.map((note) => paint('warn', `! ${safeText(note)}`)),
  ];
  return `${found}${lines.join('\n')}\n`;
}

function listOf(findings: readonly Diagnostic[]): Parameters<typeof writePretty>[0] {
  return {
    verb: 'check',
    findings,
    json: null,
    failLevel: 'warn',
    exitCode: 0,
    pathOf: (file) => file,
    texts: new Map(),
    scope: '',
    notes: [],
  };
}

import { isAbsolute, join } from 'node:path';
import { number } from '#replay';
import { diffSections } from '../diff/show-diff-report.ts';
import { dryRunSections } from '../dry-run/report-markdown.ts';
import type { PathOf } from '../dry-run/report-parts.ts';
import { codeSpan, escapeCell } from '../report/markdown.ts';
import { countText } from '../report/report.ts';
import type { CheckedStep, CheckFinding, CheckReport } from './check-report.ts';

/** Marks the comment, so that the next run updates it in place instead of adding another. */
export const CHECK_MARKER = '<!-- signalbox-check -->';

/** GitHub refuses comments of more than 65,536 characters; GitLab allows more. */
const MOST_CHARACTERS = 60_000;
const MOST_ROWS = 20;

interface Row {
  readonly name: string;
  readonly isGood: boolean | null;
  readonly text: string;
}

/** The one comment on a pull request, made of the JSON report alone: every text in it is taken as hostile. What does not fit is left out and said. Pure. */
export function checkMarkdown(report: CheckReport): string {
  const { policies, lint, layout, dryRun } = report;
  const pathOf: PathOf = (file) =>
    isAbsolute(file) || file.startsWith('catalog/') ? file : join(policies, file).replaceAll('\\', '/');
  const rows = [layoutRow(report), lintRow(report), testsRow(report), dryRunRow(report)];
  const sections = [
    `${CHECK_MARKER}\n### ${report.exitCode === 0 ? '✅' : '🛑'} ${headline(report, rows)}`,
    [
      '| | check | |',
      '|---|---|---|',
      ...rows.map(({ name, isGood, text }) => `| ${markOf(isGood)} | ${name} | ${text} |`),
    ].join('\n'),
    ...report.notes.map((note) => `⚠️ ${escapeCell(note)}`),
    fold(
      'Layout',
      findingsList(layout.report?.findings ?? [], (file) => file),
    ),
    fold(
      'Lint findings',
      findingsList(
        (lint.report?.findings ?? []).filter(({ severity }) => severity !== 'info'),
        pathOf,
      ),
    ),
    fold('Tests that fail', testsList(report, pathOf)),
    fold('What the policies do otherwise', diffText(report, pathOf)),
    fold('Why nothing was replayed', findingsList(dryRun.findings, pathOf)),
    ...(dryRun.report === null ? [] : ['#### Dry-run', ...dryRunSections(dryRun.report, pathOf)]),
    footer(report),
  ];
  return fitted(sections.filter((section) => section !== ''));
}

/** The biggest effect on traffic when everything else holds; else what fails first. */
function headline({ dryRun, exitCode }: CheckReport, rows: readonly Row[]): string {
  const broken = rows.filter(({ isGood, name }) => isGood === false && name !== 'dry-run').map(({ name }) => name);
  const verdict = dryRun.report === null ? [] : [escapeCell(dryRun.report.verdict.text)];
  const own =
    broken.length > 0
      ? [`${broken.join(', ')} ${broken.length === 1 && broken[0] !== 'tests' ? 'fails' : 'fail'}`]
      : [];
  const parts = [...own, ...verdict];
  return `Policies: ${parts.length > 0 ? parts.join('. ') : exitCode === 0 ? 'every check holds' : 'a check could not be made'}`;
}

function markOf(isGood: boolean | null): string {
  return isGood === null ? '➖' : isGood ? '✅' : '🛑';
}

function layoutRow({ layout }: CheckReport): Row {
  const files = layout.report?.findings.length ?? 0;
  return row(
    'layout',
    layout,
    files === 0 ? 'canonical' : `${count(files, 'file')} to be formatted: ${codeSpan('signalbox fmt')}`,
  );
}

function lintRow({ lint }: CheckReport): Row {
  return row('lint', lint, countText((lint.report?.findings ?? []).map((finding) => ({ ...finding, hint: '' }))));
}

function testsRow({ tests }: CheckReport): Row {
  const { passed = 0, failed = 0 } = tests.report ?? {};
  return row(
    'tests',
    tests,
    failed === 0 ? `${number(passed)} pass` : `${number(failed)} of ${number(passed + failed)} fail`,
  );
}

function dryRunRow({ dryRun }: CheckReport): Row {
  const { report, problem, exitCode } = dryRun;
  if (report === null && problem !== null && exitCode === 0)
    return { name: 'dry-run', isGood: null, text: escapeCell(problem) };
  const text =
    report === null
      ? 'the policies do not compile'
      : `${number(report.records.replayed)} records, ${number(report.records.changed)} changed`;
  return row('dry-run', dryRun, text);
}

function row(name: string, { exitCode, problem }: CheckedStep<unknown>, text: string): Row {
  return { name, isGood: exitCode === 0, text: problem === null ? text : escapeCell(problem) };
}

function count(amount: number, noun: string): string {
  return `${number(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

/** Lists, since a table of long paths does not fit a phone. */
function findingsList(findings: readonly CheckFinding[], pathOf: PathOf): string {
  const words = { error: '🛑', warn: '⚠️', info: 'ℹ️' } as const;
  const items = findings.map(({ severity, file, line, rule, message, hint }) => {
    const advice = hint == null || hint === '' ? '' : `<br>${escapeCell(hint)}`;
    return `- ${words[severity]} ${codeSpan(`${pathOf(file)}:${line}`)} ${codeSpan(rule)}<br>${escapeCell(message)}${advice}`;
  });
  return listOf(items);
}

function testsList({ tests }: CheckReport, pathOf: PathOf): string {
  const failed = (tests.report?.cases ?? []).filter(({ passed }) => !passed);
  const items = failed.map(({ name, file, line, mismatches }) => {
    const what = mismatches.map(
      ({ field, expected, actual }) =>
        `${codeSpan(field)}: expected ${codeSpan(JSON.stringify(expected) ?? 'nothing')}, got ${codeSpan(JSON.stringify(actual) ?? 'nothing')}`,
    );
    return `- ${codeSpan(`${pathOf(file)}:${line}`)} ${escapeCell(name)}${what.map((each) => `<br>${each}`).join('')}`;
  });
  return listOf(items);
}

function listOf(items: readonly string[]): string {
  const rest = items.length > MOST_ROWS ? `\n- and ${items.length - MOST_ROWS} more` : '';
  return `${items.slice(0, MOST_ROWS).join('\n')}${rest}`;
}

function diffText({ diff }: CheckReport, pathOf: PathOf): string {
  return diff.report === null ? '' : diffSections(diff.report, { base: pathOf, head: pathOf }).join('\n\n');
}

function fold(summary: string, text: string): string {
  return text === '' ? '' : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

function footer({ version, base, pullRequest, policies }: CheckReport): string {
  const of = pullRequest === null ? '' : ` of ${codeSpan(pullRequest.headSha.slice(0, 12))}`;
  const command = `signalbox check --policies ${policies}${base === null ? '' : ` --base ${base.slice(0, 12)}`}`;
  return `<sub>signalbox ${escapeCell(version)}${of}. The same on a laptop: ${codeSpan(command)}</sub>`;
}

function fitted(sections: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  let left = 0;
  for (const section of sections) {
    if (length + section.length > MOST_CHARACTERS) left += 1;
    else {
      kept.push(section);
      length += section.length + 2;
    }
  }
  if (left > 0) kept.push(`${count(left, 'section')} left out: too long for a comment. See the artifacts of the run.`);
  return `${kept.join('\n\n')}\n`;
}

import { codeSpan, escapeCell } from '../report/markdown.ts';
import { percentOf, totalOf } from './coverage.ts';
import { COVERED } from './coverage-items.ts';
import { showValue } from './show-value.ts';
import type { TestRun } from './test-report.ts';

/** Longer lists of what no case reaches go into the JSON report; a comment stays readable. */
const MAX_MISSING = 20;

/** A comment for a pull request: the counts, what failed, and coverage. Pure. */
export function testsMarkdown({ results, coverage, mutation }: TestRun, pathOf: (file: string) => string): string {
  const count = (kind: string) => results.filter((result) => result.kind === kind).length;
  const vacuous = count('vacuous');
  const parts = [
    `### signalbox test: ${count('passed')} passed, ${count('failed')} failed${vacuous > 0 ? `, ${vacuous} could not be checked` : ''}`,
  ];
  const rows = results.flatMap(({ found, kind, mismatches, problems }) => {
    const where = codeSpan(`${pathOf(found.file)}:${found.line}`);
    if (kind === 'vacuous')
      return problems.map(({ message }) => `| ${where} | ${escapeCell(found.case.name)} | ${escapeCell(message)} | |`);
    return mismatches.map(({ field, expected, actual, at }) => {
      const what = `${field}: expected ${codeSpan(showValue(expected))}, got ${codeSpan(showValue(actual))}`;
      return `| ${where} | ${escapeCell(found.case.name)} | ${what} | ${at === null ? '' : codeSpan(`${pathOf(at.file)}:${at.line}`)} |`;
    });
  });
  if (rows.length > 0) parts.push(['| case | name | what | decided by |', '|---|---|---|---|', ...rows].join('\n'));
  if (coverage !== null) {
    const kinds = COVERED.map((kind) => {
      const { covered, total } = coverage[kind];
      return `| ${kind} | ${percentOf({ covered, total })}% | ${covered} of ${total} |`;
    });
    parts.push(
      `#### Coverage ${percentOf(totalOf(coverage))}%`,
      ['| | | reached |', '|---|---|---|', ...kinds].join('\n'),
    );
    const missing = COVERED.flatMap((kind) => coverage[kind].missing);
    const shown = missing
      .slice(0, MAX_MISSING)
      .map(
        ({ key, at }) => `* ${codeSpan(key)}${at === null ? '' : ` at ${codeSpan(`${pathOf(at.file)}:${at.line}`)}`}`,
      );
    if (missing.length > shown.length) shown.push(`* and ${missing.length - shown.length} more`);
    if (shown.length > 0) parts.push(shown.join('\n'));
  }
  if (mutation !== null) {
    const { total, noticed, refused, survivors, waived } = mutation;
    parts.push(
      `#### Mutants: ${total} tried, ${noticed} noticed by a case, ${refused} refused by the compiler, ${survivors.length} survived${waived > 0 ? `, ${waived} accepted by waivers` : ''}`,
    );
    const shown = survivors
      .slice(0, MAX_MISSING)
      .map(({ at, change }) => `* ${codeSpan(`${pathOf(at.file)}:${at.line}`)} ${codeSpan(change)}`);
    if (survivors.length > shown.length) shown.push(`* and ${survivors.length - shown.length} more`);
    if (shown.length > 0) parts.push(shown.join('\n'));
  }
  return `${parts.join('\n\n')}\n`;
}

import { createPaint, type Paint } from '../report/colours.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { wrap } from '../report/wrap.ts';
import { type Coverage, percentOf, totalOf } from './coverage.ts';
import { COVERED } from './coverage-items.ts';
import type { LeakReport } from './leak-checks.ts';
import type { CaseResult } from './run-cases.ts';
import { showValue } from './show-value.ts';
import { isBelow, type MutationSummary, type TestRun } from './test-report.ts';

/** How a run is shown: files relative to where the user is. */
export interface TestLook extends Look {
  readonly pathOf: (file: string) => string;
}

/** A run for people: every file with its cases, what failed with the line that decided, coverage with what is missing, and one last line. Pure. */
export function showTests(run: TestRun, look: TestLook): string {
  const paint = createPaint(look.hasColours);
  const blocks: string[] = [];
  for (const [, results] of Map.groupBy(run.results, ({ found, environment }) => `${found.file}\n${environment}`)) {
    const shown = results.filter(({ kind }) => !look.isQuiet || kind !== 'passed');
    const [first] = results;
    if (first === undefined || shown.length === 0) continue;
    const head = `${paint('strong', safeText(look.pathOf(first.found.file)))} ${paint('dim', `in ${safeText(first.environment)}`)}`;
    blocks.push([head, ...shown.map((result) => showCase(result, look, paint))].join('\n'));
  }
  if (run.coverage !== null) blocks.push(showCoverage(run.coverage, look, paint));
  if (run.mutation !== null) blocks.push(showMutation(run.mutation, look, paint));
  const leaks = showLeaks(run.leaks, look, paint);
  if (leaks !== null) blocks.push(leaks);
  if (!look.isQuiet || blocks.length > 0) blocks.push(summary(run, paint));
  return blocks.length === 0 ? '' : `${blocks.join('\n\n')}\n`;
}

/** Nothing where no cache keeps anything. */
function showLeaks({ rules, checks, leaks, shared }: LeakReport, look: TestLook, paint: Paint): string | null {
  if (rules === 0 || (look.isQuiet && leaks.length === 0)) return null;
  const caches = `${rules} ${rules === 1 ? 'cache' : 'caches'}`;
  const sharing = shared.map((text) => wrapAfter(`  ${paint('dim', '·')} `, safeText(text), look));
  if (leaks.length === 0) {
    const head = `${paint('good', '✔')} ${caches}, ${checks} look-ups by another tenant: none got an answer`;
    return [head, ...sharing].join('\n');
  }
  const lines = leaks.map(({ cache, message }) =>
    wrapAfter(`  ${paint('error', '✖')} `, safeText(`${cache}: ${message}`), look),
  );
  return [
    `${paint('error', '✖')} ${caches}, ${leaks.length} of ${checks} look-ups by another tenant got an answer`,
    ...lines,
  ].join('\n');
}

function showCase(result: CaseResult, look: TestLook, paint: Paint): string {
  const { found, kind, mismatches, problems } = result;
  const name = safeText(found.case.name);
  if (kind === 'passed') return wrapAfter(`  ${paint('good', '✔')} `, name, look);
  const place = (line: number, file = found.file) => paint('place', `${safeText(look.pathOf(file))}:${line}`);
  if (kind === 'vacuous') {
    const lines = problems.flatMap(({ path, message, hint }) => [
      `      ${place(found.spanOf(path).line)}`,
      wrap(safeText(message), look.columns, '      '),
      ...(hint === null ? [] : [wrap(`hint: ${safeText(hint)}`, look.columns, '      ')]),
    ]);
    return [wrapAfter(`  ${paint('warn', '?')} `, name, look), ...lines].join('\n');
  }
  const width = Math.max(...mismatches.map(({ field }) => field.length));
  const lead = (word: string, field = '') => `      ${field.padEnd(width)}  ${word.padEnd(9)}`;
  const lines = mismatches.flatMap(({ field, expected, actual, at }) => [
    hang(lead('expected', field), safeText(showValue(expected)), look),
    paint('error', hang(lead('but got'), safeText(showValue(actual)), look)),
    ...(at === null ? [] : [`${lead('from')}${place(at.line, at.file)}`]),
  ]);
  return [
    wrapAfter(`  ${paint('error', '✖')} `, name, look),
    `      ${place(found.line)}`,
    ...lines,
    ...because(result, look, paint),
  ].join('\n');
}

/** What a refusal or an exhausted chain says of itself explains most surprises. */
function because({ played }: CaseResult, look: TestLook, paint: Paint): readonly string[] {
  const { message } = played.simulation;
  return message === null ? [] : [paint('dim', wrap(`the gateway says: ${safeText(message)}`, look.columns, '      '))];
}

function showCoverage(coverage: Coverage, look: TestLook, paint: Paint): string {
  const total = totalOf(coverage);
  const lines = [paint('strong', `Coverage ${percentOf(total)}%`)];
  for (const kind of COVERED) {
    const { covered, total: all, missing } = coverage[kind];
    const mark = missing.length === 0 ? paint('good', '✔') : paint('warn', '•');
    lines.push(
      `  ${mark} ${kind.padEnd(9)} ${`${percentOf({ covered, total: all })}%`.padStart(4)}  ${covered} of ${all}`,
    );
    if (look.isQuiet) continue;
    for (const { key, at } of missing) {
      const place = at === null ? '' : `${safeText(look.pathOf(at.file))}:${at.line}`;
      const isShort = 6 + key.length + 2 + place.length <= look.columns;
      lines.push(`      ${safeText(key)}${isShort ? '  ' : '\n        '}${paint('place', place)}`);
    }
  }
  return lines.join('\n');
}

function showMutation(
  { total, noticed, refused, survivors, waived }: MutationSummary,
  look: TestLook,
  paint: Paint,
): string {
  const parts = [`${noticed} noticed by a case`, `${refused} refused by the compiler`, `${survivors.length} survived`];
  if (waived > 0) parts.push(`${waived} accepted by waivers`);
  const lines = survivors.flatMap(({ at, change }) => [
    `  ${paint('error', '✖')} ${paint('place', `${safeText(look.pathOf(at.file))}:${at.line}`)}`,
    wrap(safeText(change), look.columns, '      '),
  ]);
  const head = `${paint('strong', `Mutants ${total}`)}: ${parts.join(', ')}`;
  return [wrap(head, look.columns, ''), ...lines].join('\n');
}

function summary(run: TestRun, paint: Paint): string {
  const count = (kind: CaseResult['kind']) => run.results.filter((result) => result.kind === kind).length;
  const [passed, failed, vacuous] = [count('passed'), count('failed'), count('vacuous')];
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(paint('error', `${failed} failed`));
  if (vacuous > 0) parts.push(paint('warn', `${vacuous} could not be checked`));
  const survived = run.mutation?.survivors.length ?? 0;
  if (survived > 0) parts.push(paint('error', `${survived} mutant${survived === 1 ? '' : 's'} survived`));
  const isShort = run.coverage !== null && isBelow(run.coverage, run.minCoverage);
  if (isShort) parts.push(paint('error', `coverage below ${Number(((run.minCoverage ?? 0) * 100).toFixed(4))}%`));
  const mark = failed > 0 || vacuous > 0 || survived > 0 || isShort ? paint('error', '✖') : paint('good', '✔');
  return `${mark} ${parts.join(', ')}`;
}

/** Text behind a lead, further lines under its beginning. */
function hang(lead: string, text: string, { columns }: TestLook): string {
  const indent = ' '.repeat(lead.length);
  return lead + wrap(text, columns, indent).slice(indent.length);
}

function wrapAfter(lead: string, text: string, { columns }: TestLook): string {
  return wrap(text, columns, '    ').replace(/^ {4}/, lead);
}

import { escapeXml } from '../report/junit.ts';
import { showValue } from './show-value.ts';
import type { MutationSummary, TestRun } from './test-report.ts';

/** JUnit XML with one case each, grouped by file; a vacuous case is an error, since it could not be checked. Pure. */
export function testsJunit({ results, mutation }: TestRun, pathOf: (file: string) => string): string {
  const suites = [...Map.groupBy(results, ({ found }) => found.file)].map(([file, own]) => {
    const cases = own.map(({ found, environment, kind, mismatches, problems }) => {
      const head = `    <testcase name="${escapeXml(found.case.name)}" classname="${escapeXml(`${found.document} (${environment})`)}" file="${escapeXml(pathOf(file))}" line="${found.line}" time="0"`;
      if (kind === 'passed') return `${head}/>`;
      const lines =
        kind === 'failed'
          ? mismatches.map(
              ({ field, expected, actual, at }) =>
                `${field}: expected ${showValue(expected)}, got ${showValue(actual)}${at === null ? '' : ` (${pathOf(at.file)}:${at.line})`}`,
            )
          : problems.map(({ message }) => message);
      const element = kind === 'failed' ? 'failure' : 'error';
      const body = [`${pathOf(file)}:${found.line}`, ...lines].map(escapeXml).join('\n');
      return `${head}>\n      <${element} type="${kind}" message="${escapeXml(lines.join('; '))}">${body}</${element}>\n    </testcase>`;
    });
    return [`  <testsuite name="${escapeXml(pathOf(file))}" ${counts(own)}>`, ...cases, '  </testsuite>'].join('\n');
  });
  if (mutation !== null) suites.push(mutantSuite(mutation, pathOf));
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="signalbox test" ${counts(results, mutation)}>`;
  return `${[head, ...suites, '</testsuites>'].join('\n')}\n`;
}

/** One failed case for each survivor; those that were noticed only count. */
function mutantSuite(mutation: MutationSummary, pathOf: (file: string) => string): string {
  const { survivors } = mutation;
  const head = `  <testsuite name="mutants" tests="${mutation.total}" failures="${survivors.length}" errors="0" skipped="0" time="0">`;
  const cases = survivors.map(({ at, change }) => {
    const file = escapeXml(pathOf(at.file));
    return `    <testcase name="${escapeXml(change)}" classname="mutants" file="${file}" line="${at.line}" time="0">\n      <failure type="survived" message="${escapeXml(`no case notices: ${change}`)}">${file}:${at.line}</failure>\n    </testcase>`;
  });
  return [head, ...cases, '  </testsuite>'].join('\n');
}

function counts(results: TestRun['results'], mutation: TestRun['mutation'] = null): string {
  const count = (kind: string) => results.filter((result) => result.kind === kind).length;
  const tests = results.length + (mutation?.total ?? 0);
  return `tests="${tests}" failures="${count('failed') + (mutation?.survivors.length ?? 0)}" errors="${count('vacuous')}" skipped="0" time="0"`;
}

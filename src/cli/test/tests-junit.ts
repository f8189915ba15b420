import { escapeXml } from '../report/junit.ts';
import { showValue } from './show-value.ts';
import type { TestRun } from './test-report.ts';

/** JUnit XML with one case each, grouped by file; a vacuous case is an error, since it could not be checked. Pure. */
export function testsJunit({ results }: TestRun, pathOf: (file: string) => string): string {
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
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="signalbox test" ${counts(results)}>`;
  return `${[head, ...suites, '</testsuites>'].join('\n')}\n`;
}

function counts(results: TestRun['results']): string {
  const count = (kind: string) => results.filter((result) => result.kind === kind).length;
  return `tests="${results.length}" failures="${count('failed')}" errors="${count('vacuous')}" skipped="0" time="0"`;
}

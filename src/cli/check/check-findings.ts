import { join } from 'node:path';
import type { Diagnostic } from '#core';
import { gateFindings } from '../dry-run/gate-findings.ts';
import type { CheckFinding, CheckReport } from './check-report.ts';

/** Everything the check found, for annotations, SARIF and JUnit; files as they lie in the repository. Pure. */
export function checkFindings(report: CheckReport): readonly Diagnostic[] {
  const { layout, lint, tests, dryRun, policies } = report;
  const inPolicies = (finding: Diagnostic): Diagnostic => ({ ...finding, file: join(policies, finding.file) });
  return [
    ...(layout.report?.findings ?? []).filter(({ rule }) => rule === 'fmt/layout').map(diagnosticOf),
    ...(lint.report?.findings ?? []).map(diagnosticOf).map(inPolicies),
    ...(tests.report?.cases ?? []).flatMap(failedCase).map(inPolicies),
    ...(dryRun.report === null ? [] : gateFindings(dryRun.report)).map(inPolicies),
  ];
}

function diagnosticOf({ rule, severity, file, line, column, message, hint }: CheckFinding): Diagnostic {
  return { rule, severity, file, line, column, message, ...(hint == null ? {} : { hint }) };
}

function failedCase({
  name,
  file,
  line,
  passed,
  mismatches,
}: NonNullable<CheckReport['tests']['report']>['cases'][number]): readonly Diagnostic[] {
  if (passed) return [];
  const what = mismatches.map(
    ({ field, expected, actual }) => `${field}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
  );
  return [
    { rule: 'test/failed', severity: 'error', file, line, column: 1, message: [`${name}:`, what.join('; ')].join(' ') },
  ];
}

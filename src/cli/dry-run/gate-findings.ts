import type { Diagnostic } from '#core';
import type { DryRunReport } from '#replay';

/** Breached gates as findings, for SARIF, JUnit and annotations: at the changed document to blame for the first example, else at the project. Pure. */
export function gateFindings(report: DryRunReport): readonly Diagnostic[] {
  const at = report.examples.find(({ because }) => because !== null)?.because ??
    report.changes[0]?.at ?? { file: 'signalbox.yaml', line: 1 };
  return report.gates.flatMap(({ rule, limit, actual, passed }): readonly Diagnostic[] => {
    if (passed) return [];
    return [
      {
        rule: `dry-run/${rule}`,
        severity: 'error',
        file: at.file,
        line: at.line,
        column: 1,
        message: `${rule} is ${actual ?? 'not measured'}, limit ${limit}`,
        hint: 'See what changes with `signalbox dry-run`, or agree on a waiver and merge it first.',
      },
    ];
  });
}

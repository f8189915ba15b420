import type { Diagnostic, Severity } from '#core';

/** What a verb reports, in whatever format it is written. */
export interface Report {
  /** The verb, such as `lint`. */
  readonly verb: string;
  readonly findings: readonly Diagnostic[];
  /** What `--format json` prints: the verb's own shape. */
  readonly json: unknown;
  /** The lowest severity that fails the run. */
  readonly failLevel: Severity;
  readonly exitCode: number;
  /** How a file of a finding is shown: relative to where the user is, so that editors and CI find it. */
  readonly pathOf: (file: string) => string;
  /** file → text, for code frames. */
  readonly texts: ReadonlyMap<string, string>;
  /** Last line of the pretty form and head of the Markdown one, such as `63 files, 3 environments`. */
  readonly scope: string;
  /** Environments looked at: a finding that holds in all of them need not say so. */
  readonly environments?: readonly string[];
  /** What there is to say beside the findings, in plain words. */
  readonly notes: readonly string[];
}

/** How the pretty form may look. */
export interface Look {
  readonly hasColours: boolean;
  readonly columns: number;
  /** Only what fails the run. */
  readonly isQuiet: boolean;
}

const RANK: Readonly<Record<Severity, number>> = { error: 2, warn: 1, info: 0 };

/** Tells whether a finding fails a run. Pure. */
export function fails(severity: Severity, level: Severity): boolean {
  return RANK[severity] >= RANK[level];
}

/** `2 errors, 1 warning, 3 infos`, without what there is none of. Pure. */
export function countText(findings: readonly Diagnostic[]): string {
  const words: Readonly<Record<Severity, string>> = { error: 'error', warn: 'warning', info: 'info' };
  const parts = (['error', 'warn', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${words[severity]}${count === 1 ? '' : 's'}`];
  });
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

/** The environments worth naming with a finding: none when it holds in all that were looked at. Pure. */
export function namedEnvironments(finding: Diagnostic, report: Pick<Report, 'environments'>): readonly string[] {
  const own = finding.environments ?? [];
  return report.environments?.every((environment) => own.includes(environment)) ? [] : own;
}

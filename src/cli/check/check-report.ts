import type { DryRunReport } from '#replay';
import type { DiffReport } from '../diff/diff-report.ts';
import type { ExitCode } from '../verb.ts';
import type { PullRequest } from './read-ci.ts';

/** What `signalbox check --format json` prints (`schemas/check-report.schema.json`): the reports of the verbs as they are, and how each ended. */
export interface CheckReport {
  readonly format: 'signalbox-check/1';
  readonly version: string;
  readonly exitCode: ExitCode;
  /** Folder of the policies, for the paths of findings. */
  readonly policies: string;
  /** What the change is compared with; null where nothing was. */
  readonly base: string | null;
  readonly pullRequest: PullRequest | null;
  readonly layout: CheckedStep<FindingsReport>;
  readonly lint: CheckedStep<FindingsReport>;
  readonly tests: CheckedStep<TestsReport>;
  /** What the policies do otherwise; it informs, and fails nothing. */
  readonly diff: CheckedStep<DiffReport>;
  /** `report` is null also when the head does not compile: then `findings` say why. */
  readonly dryRun: CheckedStep<DryRunReport> & { readonly findings: readonly CheckFinding[] };
  /** What a reviewer should know beside all this. */
  readonly notes: readonly string[];
}

/** One verb of the check. */
export interface CheckedStep<Report> {
  readonly exitCode: ExitCode;
  readonly report: Report | null;
  /** Why it did not run, or could not check; null when it did. */
  readonly problem: string | null;
}

/** The part of a finding that the check reads. */
export interface CheckFinding {
  readonly rule: string;
  readonly severity: 'error' | 'warn' | 'info';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string | null;
}

/** What `lint` and `fmt` print. */
export interface FindingsReport {
  readonly findings: readonly CheckFinding[];
}

/** What `test` prints. */
export interface TestsReport {
  readonly passed: number;
  readonly failed: number;
  readonly cases: readonly TestCase[];
  /** Present when the policies do not compile. */
  readonly findings?: readonly CheckFinding[];
}

/** One case of a test file. */
export interface TestCase {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly passed: boolean;
  readonly mismatches: readonly { readonly field: string; readonly expected?: unknown; readonly actual?: unknown }[];
}

import { join } from 'node:path';
import { asArray, type JsonObject, VERSION } from '#core';
import type { DryRunReport } from '#replay';
import { diff as diffVerb } from '../commands/diff.ts';
import { dryRun as dryRunVerb } from '../commands/dry-run.ts';
import { fmt } from '../commands/fmt.ts';
import { lint as lintVerb } from '../commands/lint.ts';
import { test } from '../commands/test.ts';
import type { DiffReport } from '../diff/diff-report.ts';
import { askGit } from '../dry-run/git.ts';
import type { Terminal } from '../terminal.ts';
import type { ExitCode } from '../verb.ts';
import type { CheckedStep, CheckFinding, CheckReport, FindingsReport, TestsReport } from './check-report.ts';
import type { FoundTraffic } from './find-traffic.ts';
import type { PullRequest } from './read-ci.ts';
import { runStep, type StepResult } from './run-step.ts';

/** What is to be checked. */
export interface CheckPlan {
  readonly policies: string;
  readonly base: string | null;
  readonly environment: string | null;
  readonly traffic: FoundTraffic;
  readonly minCoverage: string | null;
  /** Where the verbs write their own files; null for none. */
  readonly out: string | null;
  readonly pullRequest: PullRequest | null;
}

/** A recording that ended longer ago says little about today. */
const OLD_DAYS = 14;
const DAY_MS = 86_400_000;

/** Runs everything that a change of the policies must pass, one verb after another, whatever those before it found. Effects: reads the repository, writes the files of the verbs. */
export async function runCheck(terminal: Terminal, plan: CheckPlan): Promise<CheckReport> {
  const { policies, out, traffic, base, minCoverage } = plan;
  const of = ['--policies', policies];
  const writes = (...pairs: readonly string[]): readonly string[] =>
    out === null ? [] : pairs.flatMap((pair) => ['--format', pair.replace('=', `=${out}/`)]);
  const layout = await runStep(terminal, fmt, ['--check', policies, ...of]);
  const lint = await runStep(terminal, lintVerb, [...of, ...writes('sarif=lint.sarif')]);
  const tests = await runStep(terminal, test, [
    ...of,
    ...(minCoverage === null ? [] : ['--min-coverage', minCoverage]),
    ...writes('junit=tests.xml'),
  ]);
  const isNew = base !== null && (await hasNoPolicies(base, policies));
  const diff = base === null || isNew ? skipped(NOTHING_BEFORE) : await runStep(terminal, diffVerb, [base, ...of]);
  const dryRun = isNew ? skipped(NOTHING_BEFORE) : await replay(terminal, plan);
  const dryRunReport = dryRun.json?.records === undefined ? null : (dryRun.json as unknown as DryRunReport);
  const report: CheckReport = {
    format: 'signalbox-check/1',
    version: VERSION,
    exitCode: worstOf([layout, lint, tests, dryRun]),
    policies: policies.replaceAll('\\', '/'),
    base,
    pullRequest: plan.pullRequest,
    layout: stepOf<FindingsReport>(layout, layout.json),
    lint: stepOf<FindingsReport>(lint, lint.json),
    tests: stepOf<TestsReport>(tests, tests.json),
    diff: stepOf<DiffReport>(diff, diff.json?.environments === undefined ? null : diff.json),
    dryRun: { ...stepOf<DryRunReport>(dryRun, dryRunReport), findings: brokenFindings(dryRun.json, dryRunReport) },
    notes: [...ageNotes(dryRunReport, terminal.nowMs()), ...(await lockNotes(traffic, base))],
  };
  return report;
}

async function replay(terminal: Terminal, plan: CheckPlan): Promise<StepResult> {
  const { policies, base, environment, traffic, out } = plan;
  if (traffic.paths.length === 0) return skipped('no recording is pinned or named (`--traffic`, `--lock`)');
  if (base === null) return skipped('there is nothing to compare with: no git repository, or no default branch');
  return runStep(terminal, dryRunVerb, [
    '--policies',
    policies,
    '--base',
    base,
    ...(environment === null ? [] : ['--env', environment]),
    ...(traffic.lock === null ? [] : ['--lock', traffic.lock]),
    ...(out === null ? [] : ['--html', join(out, 'dry-run.html')]),
    '--traffic',
    ...traffic.paths,
  ]);
}

const NOTHING_BEFORE = 'there are no policies to compare with';

/** The first change of a repository brings the policies: there is nothing to replay under. */
async function hasNoPolicies(base: string, policies: string): Promise<boolean> {
  return (await askGit('.', ['ls-tree', '-r', '--name-only', base, '--', policies])) === '';
}

function skipped(problem: string): StepResult {
  return { exitCode: 0, json: null, problem };
}

/** A bug of ours before a failed check, that before one that could not be made. */
function worstOf(steps: readonly StepResult[]): ExitCode {
  const codes = steps.map(({ exitCode }) => exitCode);
  return ([70, 1, 2] as const).find((code) => codes.includes(code)) ?? 0;
}

function stepOf<Report>({ exitCode, problem }: StepResult, json: unknown): CheckedStep<Report> {
  return { exitCode, report: json as Report | null, problem };
}

function brokenFindings(json: JsonObject | null, report: DryRunReport | null): readonly CheckFinding[] {
  return report === null ? (asArray(json?.findings) as readonly CheckFinding[]) : [];
}

function ageNotes(report: DryRunReport | null, nowMs: number): readonly string[] {
  const to = report?.window.to;
  if (to == null) return [];
  const days = Math.floor((nowMs - Date.parse(to)) / DAY_MS);
  return days > OLD_DAYS ? [`The recordings end ${days} days ago: record anew, or sample newer traffic.`] : [];
}

/** Gates are read from the base; what they are measured on comes with the change, so a change of it must be seen. */
async function lockNotes({ lock }: FoundTraffic, base: string | null): Promise<readonly string[]> {
  if (lock === null || base === null) return [];
  const changed = await askGit('.', ['diff', '--name-only', base, '--', lock]);
  return changed ? ['This change also changes which recordings are pinned.'] : [];
}

import type { Diagnostic, Place } from '#core';
import type { Coverage, CoverageOf } from './coverage.ts';
import { percentOf, totalOf } from './coverage.ts';
import { COVERED } from './coverage-items.ts';
import type { Leak, LeakReport } from './leak-checks.ts';
import type { CaseResult } from './run-cases.ts';
import { showValue } from './show-value.ts';

/** Everything a run of tests came to. */
export interface TestRun {
  readonly results: readonly CaseResult[];
  /** Null unless asked for. */
  readonly coverage: Coverage | null;
  /** Least share of coverage, 1 = 100 %; null for none. */
  readonly minCoverage: number | null;
  /** What came of broken variants of the policies; null unless asked for. */
  readonly mutation: MutationSummary | null;
  /** Whether a cache gives one tenant what another was told. */
  readonly leaks: LeakReport;
}

/** How many broken variants were tried, and those that no case noticed. */
export interface MutationSummary {
  readonly total: number;
  readonly noticed: number;
  readonly refused: number;
  readonly survivors: readonly Survivor[];
  /** Survivors that waivers of the rule `test/survivor` accept. */
  readonly waived: number;
}

/** A broken variant that passes every case. */
export interface Survivor {
  readonly at: Place;
  readonly change: string;
}

/** A failed case is a finding at its place, related to the line of policy that decided; so is a vacuous one, and coverage below its bound. Pure. */
export function testFindings({ results, coverage, minCoverage, mutation, leaks }: TestRun): readonly Diagnostic[] {
  const findings = results.flatMap((result): readonly Diagnostic[] => {
    if (result.kind === 'failed') return [failedFinding(result)];
    return result.kind === 'vacuous' ? vacuousFindings(result) : [];
  });
  return [
    ...findings,
    ...leaks.leaks.map(leakFinding),
    ...(coverage !== null && isBelow(coverage, minCoverage) ? [coverageFinding(coverage, minCoverage ?? 0)] : []),
    ...(mutation?.survivors ?? []).map(survivorFinding),
  ];
}

/** Exit code 2 where a case could not have failed, 1 where one failed, too little is covered, or a broken variant survived. Pure. */
export function testExitCode({ results, coverage, minCoverage, mutation, leaks }: TestRun): 0 | 1 | 2 {
  if (results.some(({ kind }) => kind === 'vacuous')) return 2;
  if (results.some(({ kind }) => kind === 'failed')) return 1;
  if ((mutation?.survivors.length ?? 0) > 0 || leaks.leaks.length > 0) return 1;
  return coverage !== null && isBelow(coverage, minCoverage) ? 1 : 0;
}

/** The JSON of `schemas/test-report.schema.json`, with `vacuous`, percentages and the places of what is missing beside it. Pure. */
export function testJson({ results, coverage, mutation, leaks }: TestRun): object {
  const count = (kind: CaseResult['kind']) => results.filter((result) => result.kind === kind).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    vacuous: count('vacuous'),
    cases: results.map(({ found, environment, kind, mismatches, problems }) => ({
      name: found.case.name,
      file: found.file,
      line: found.line,
      environment,
      passed: kind === 'passed',
      mismatches: mismatches.map(({ field, expected, actual, at }) => ({ field, expected, actual, ...at })),
      ...(kind === 'vacuous' && { vacuous: problems.map(({ message, hint }) => ({ message, hint })) }),
    })),
    coverage: coverage === null ? null : coverageJson(coverage),
    mutants: mutation === null ? null : countsOf(mutation),
    leaks: { rules: leaks.rules, checks: leaks.checks, shared: leaks.shared, found: leaks.leaks.map(leakJson) },
    survivors: (mutation?.survivors ?? []).map(({ at, change }) => ({ ...at, change })),
  };
}

/** Whether less is covered than was asked for; the exact share counts, not the rounded one. Pure. */
export function isBelow(coverage: Coverage, minCoverage: number | null): boolean {
  const { covered, total } = totalOf(coverage);
  return minCoverage !== null && total > 0 && covered < minCoverage * total;
}

function countsOf({ total, noticed, refused, survivors, waived }: MutationSummary): object {
  return { total, noticed, refused, survived: survivors.length, waived };
}

function leakFinding({ cache, message, at }: Leak): Diagnostic {
  return {
    rule: 'test/leak',
    severity: 'error',
    ...(at ?? { file: '.', line: 1 }),
    column: 1,
    message: `cache ${cache}: ${message}`,
    hint: 'This is a fault of the gateway and not of the policy: switch the cache off and report it.',
  };
}

function leakJson({ cache, message, at }: Leak): object {
  return { cache, message, file: at?.file ?? null, line: at?.line ?? null };
}

function survivorFinding({ at, change }: Survivor): Diagnostic {
  return {
    rule: 'test/survivor',
    severity: 'error',
    ...at,
    column: 1,
    message: `no case notices: ${change}`,
    hint: 'Write a case that fails without it, or accept it with a Waiver of the rule `test/survivor`.',
  };
}

function coverageJson(coverage: Coverage): object {
  const of = ({ covered, total, missing }: CoverageOf) => ({
    covered,
    total,
    percent: percentOf({ covered, total }),
    missing: missing.map(({ key }) => key),
    missingAt: missing.map(({ key, at }) => ({ key, file: at?.file ?? null, line: at?.line ?? null })),
  });
  return {
    percent: percentOf(totalOf(coverage)),
    ...Object.fromEntries(COVERED.map((kind) => [kind, of(coverage[kind])])),
  };
}

function failedFinding({ found, environment, mismatches }: CaseResult): Diagnostic {
  const { file, line, column } = found.span;
  const lines = mismatches.map(
    ({ field, expected, actual }) => `${field}: expected ${showValue(expected)}, got ${showValue(actual)}`,
  );
  const related = mismatches.flatMap(({ field, at }) => (at === null ? [] : [{ ...at, message: `decided ${field}` }]));
  return {
    rule: 'test/failed',
    severity: 'error',
    file,
    line,
    column,
    message: `${found.case.name}: ${lines.join('; ')}`,
    span: found.span,
    related,
    environments: [environment],
  };
}

function vacuousFindings({ found, environment, problems }: CaseResult): readonly Diagnostic[] {
  return problems.map(({ path, message, hint }) => {
    const span = found.spanOf(path);
    const { file, line, column } = span;
    return {
      rule: 'test/vacuous',
      severity: 'error',
      file,
      line,
      column,
      message: `${found.case.name}: ${message}`,
      ...(hint !== null && { hint }),
      span,
      environments: [environment],
    };
  });
}

function coverageFinding(coverage: Coverage, minCoverage: number): Diagnostic {
  const total = totalOf(coverage);
  const first = COVERED.flatMap((kind) => coverage[kind].missing).find(({ at }) => at !== null);
  const missing = total.total - total.covered;
  return {
    rule: 'test/coverage',
    severity: 'error',
    file: first?.at?.file ?? '.',
    line: first?.at?.line ?? 1,
    column: 1,
    message: `the cases reach ${percentOf(total)}% (${total.covered} of ${total.total}); ${Number((minCoverage * 100).toFixed(4))}% are asked for, and ${missing} ${missing === 1 ? 'is' : 'are'} missing`,
    hint: 'Write cases for what --coverage lists, or lower --min-coverage.',
  };
}

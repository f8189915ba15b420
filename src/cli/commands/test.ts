import { isAbsolute, join } from 'node:path';
import { type Diagnostic, VERSION } from '#core';
import type { Snapshot } from '#snapshot';
import { chosenEnvironment, loadTree, type PolicyTree } from '../load-tree.ts';
import { runMutants } from '../mutate/run-mutants.ts';
import { waiveSurvivors } from '../mutate/waive-survivors.ts';
import { namedEnvironment, textOption, withEnvironment, withPolicies } from '../options.ts';
import { type Output, readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { jsonFinding } from '../report/json.ts';
import type { Report } from '../report/report.ts';
import { writeReports } from '../report/write-reports.ts';
import { type ChosenDocuments, chooseDocuments } from '../test/choose-documents.ts';
import { measureCoverage } from '../test/coverage.ts';
import { type FoundCase, findCases } from '../test/find-cases.ts';
import { leakChecks } from '../test/leak-checks.ts';
import { readShare } from '../test/read-share.ts';
import { runCase } from '../test/run-cases.ts';
import { showTests } from '../test/show-tests.ts';
import { type MutationSummary, type TestRun, testExitCode, testFindings, testJson } from '../test/test-report.ts';
import { testsJunit } from '../test/tests-junit.ts';
import { testsMarkdown } from '../test/tests-markdown.ts';
import { watchFolder } from '../test/watch-folder.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const DEFAULT_ENVIRONMENT = 'development';

/** `signalbox test [FILES]`: plays the cases of `kind: Test` documents on a virtual clock, without network or keys, and compares what they expect. */
export const test: Verb = {
  configure(command) {
    command.argument('[files...]', 'test files or folders (default: every test of the policies)');
    withReports(withEnvironment(withPolicies(command), 'development, for tests that name no environment'));
    command
      .option('--coverage', 'show which routes, targets, branches, overrides, budgets and alerts no case reaches')
      .option('--min-coverage <share>', 'fail below this share of everything that can be reached, such as 80%')
      .option('--watch', 'run again after every change')
      .option('--mutate', 'break each rule, target, budget and operation in turn, and list what no case notices')
      .addHelpText(
        'after',
        '\nExit codes: 1 a case failed, coverage is too low or a mutant survived, 2 a case could not be checked or nothing matched.',
      );
  },
  run: runTests,
};

async function runTests(call: VerbCall): Promise<ExitCode> {
  const outputs = readOutputs(call);
  readFailLevel(call);
  if (call.options.watch !== true) return runOnce(call, outputs);
  let exitCode: ExitCode = 0;
  const again = async (): Promise<void> => {
    exitCode = await runOnce(call, outputs).catch((error: unknown) => {
      if (!(error instanceof UsageError)) throw error;
      call.terminal.err(`signalbox: ${error.message}\n`);
      return 2 as const;
    });
    call.terminal.err('Waiting for changes; end with Ctrl-C.\n');
  };
  const { folder } = await loadTree(call);
  await watchFolder(folder, again);
  return exitCode;
}

async function runOnce(call: VerbCall, outputs: readonly Output[]): Promise<ExitCode> {
  const { options, args, terminal } = call;
  const minText = textOption(options.minCoverage);
  const minCoverage = minText === undefined ? null : readShare('--min-coverage', minText);
  const tree = await loadTree(call);
  chosenEnvironment(call, tree);
  const chosen = await chooseDocuments(tree, args);
  const texts = new Map([...tree.parsed.texts, ...chosen.texts]);
  const cases = findCases(chosen.documents, namedEnvironment(call));
  const wantsCoverage = options.coverage === true || minCoverage !== null;
  const environments = environmentsOf(cases, tree, wantsCoverage);
  const compiled = environments.map((environment) => tree.compile(environment));
  const diagnostics = [...chosen.diagnostics, ...compiled.flatMap((each) => each.diagnostics)];
  const broken = distinct(diagnostics.filter(({ severity }) => severity === 'error'));
  const base = {
    verb: 'test',
    failLevel: 'error' as const,
    pathOf: (file: string) => pathOf(file, tree),
    texts,
    notes: [],
  };
  if (broken.length > 0) {
    const json = {
      version: VERSION,
      exitCode: 1,
      passed: 0,
      failed: 0,
      cases: [],
      findings: broken.map(jsonFinding),
    };
    const report = {
      ...base,
      findings: broken,
      json,
      exitCode: 1,
      scope: 'no case was run: the policies do not compile',
    };
    await writeReports(report, outputs, terminal, { isQuiet: options.quiet === true });
    return 1;
  }
  if (cases.length === 0) throw nothingToRun(args);
  const snapshots = new Map(
    compiled.flatMap(({ environment, snapshot }) => (snapshot === null ? [] : [[environment, snapshot] as const])),
  );
  const results = cases.map((found) => runCase(found, snapshotFor(found, snapshots, tree)));
  const coverage = wantsCoverage ? measureCoverage(tree.parsed, [...snapshots.values()], results) : null;
  // Where a case fails already nobody could tell what a mutant adds.
  const isSound = results.every(({ kind }) => kind === 'passed');
  const mutation = options.mutate === true && isSound ? await mutate(call, tree, chosen) : null;
  const run: TestRun = { results, coverage, minCoverage, mutation, leaks: leakChecks(snapshots.values()) };
  await writeRun(call, outputs, run, base);
  return testExitCode(run);
}

async function mutate(call: VerbCall, tree: PolicyTree, chosen: ChosenDocuments): Promise<MutationSummary> {
  const result = await runMutants(call.terminal, {
    sources: tree.loaded.sources,
    outside: chosen.outside,
    chosen: chosen.documents.map(({ file, index }) => [file, index]),
    environment: defaultEnvironment(call, tree),
  });
  const { survivors, waived } = waiveSurvivors(result.survivors, tree.parsed.documents, call.terminal.nowMs());
  return { ...result, survivors, waived };
}

async function writeRun(
  call: VerbCall,
  outputs: readonly Output[],
  run: TestRun,
  base: Pick<Report, 'verb' | 'failLevel' | 'pathOf' | 'texts' | 'notes'>,
): Promise<void> {
  const findings = testFindings(run);
  const exitCode = testExitCode(run);
  const json = { version: VERSION, exitCode, ...testJson(run) };
  const scope = `${run.results.length} case${run.results.length === 1 ? '' : 's'}`;
  const { pathOf: path } = base;
  await writeReports({ ...base, findings, json, exitCode, scope }, outputs, call.terminal, {
    isQuiet: call.options.quiet === true,
    own: {
      pretty: (look) => showTests(run, { ...look, pathOf: path }),
      junit: () => testsJunit(run, path),
      markdown: () => testsMarkdown(run, path),
    },
  });
}

/** Coverage is about all environments; without it only those that cases name are compiled. Throws `UsageError` for one that does not exist. */
function environmentsOf(cases: readonly FoundCase[], tree: PolicyTree, isAll: boolean): readonly string[] {
  const named = new Set(cases.map((found) => environmentOf(found, tree)));
  const isDeclared = tree.parsed.documents.some(({ kind }) => kind === 'Environment');
  for (const found of cases) {
    const name = environmentOf(found, tree);
    if (!isDeclared || tree.environments.includes(name)) continue;
    const isBroken = tree.parsed.rejected?.some(({ kind }) => kind === 'Environment') ?? false;
    if (isBroken) continue;
    throw new UsageError(
      `${pathOf(found.file, tree)}: there is no environment ${JSON.stringify(name)}`,
      `Environments are ${tree.environments.join(', ')}.`,
    );
  }
  return isAll || named.size === 0 ? [...new Set([...tree.environments, ...named])] : [...named];
}

function environmentOf({ environment }: FoundCase, tree: PolicyTree): string {
  return environment ?? soleEnvironment(tree);
}

function defaultEnvironment(call: VerbCall, tree: PolicyTree): string {
  return namedEnvironment(call) ?? soleEnvironment(tree);
}

function soleEnvironment({ environments }: PolicyTree): string {
  const [only] = environments;
  return environments.length === 1 && only !== undefined ? only : DEFAULT_ENVIRONMENT;
}

function snapshotFor(found: FoundCase, snapshots: ReadonlyMap<string, Snapshot>, tree: PolicyTree): Snapshot {
  const snapshot = snapshots.get(environmentOf(found, tree));
  if (snapshot === undefined) throw new Error(`environment ${environmentOf(found, tree)} was not compiled`);
  return snapshot;
}

function nothingToRun(names: readonly string[]): UsageError {
  const where = names.length === 0 ? 'the policies hold no test case' : 'the files named hold no test case';
  return new UsageError(where, 'Write one: a document of `kind: Test` with `cases`, best under policies/tests/.');
}

/** Several environments share most findings. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ rule, file, line, column, message }) => {
    const key = JSON.stringify([rule, file, line, column, message]);
    return !seen.has(key) && seen.add(key);
  });
}

function pathOf(file: string, { folder, parsed }: PolicyTree): string {
  const isPolicy = parsed.texts.has(file) && !isAbsolute(file);
  return isPolicy ? join(folder, file).replaceAll('\\', '/') : file;
}

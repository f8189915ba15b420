import { join } from 'node:path';
import { type Diagnostic, VERSION } from '#core';
import type { Compiled } from '#policy';
import type { CompiledSide } from '../diff/compare-compiled.ts';
import { type ComparedEnvironment, diffFindings, diffReport, hasDifferences } from '../diff/diff-report.ts';
import { openSide, type Side } from '../diff/open-side.ts';
import { type DiffPaths, diffMarkdown, showDiffReport, summaryOf } from '../diff/show-diff-report.ts';
import { nothingToCheck } from '../load-tree.ts';
import { namedEnvironment, policiesFolder, textOption, withEnvironment, withPolicies } from '../options.ts';
import { startProgress } from '../progress.ts';
import { type Output, readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { jsonFinding } from '../report/json.ts';
import { maskValue } from '../report/mask-finding.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** `signalbox diff BASE [HEAD]`: what one revision of the policies does otherwise than another, for whom, with file and line on both sides. */
export const diff: Verb = {
  configure(command) {
    command
      .argument('<base>', 'a git revision, a folder, or the URL of a running gateway')
      .argument('[head]', 'the same (default: the policies folder as it is)');
    withReports(withEnvironment(withPolicies(command), 'every environment is compared'));
    command
      .option('--running <url>', 'say also what of it a running gateway does already, and what it does otherwise')
      .option('--detailed-exitcode', 'exit 3 when anything is different')
      .addHelpText(
        'after',
        '\nExit codes: 1 a side does not compile, 2 a side cannot be read, 3 differences (--detailed-exitcode).',
      );
  },
  run: compare,
};

async function compare(call: VerbCall): Promise<ExitCode> {
  const { options, args, terminal } = call;
  const outputs = readOutputs(call);
  readFailLevel(call);
  const [baseText = '', headText = null] = args;
  const folder = policiesFolder(call);
  const progress = startProgress(terminal);
  progress.step('reading …');
  const base = await open(call, folder, baseText);
  const head = await open(call, folder, headText);
  const url = textOption(options.running);
  const running = url === undefined ? null : await open(call, folder, url);
  const sides = [base, head, ...(running === null ? [] : [running])];
  const { compared, added, removed } = environmentsOf(call, base, head, running);
  const environments: ComparedEnvironment[] = [];
  for (const environment of compared) {
    progress.step(`compiling ${environment} …`);
    const compiled = sides.map((side) => ({ side, compiled: side.tree.compile(environment) }));
    const broken = compiled.find((each) => each.compiled.snapshot === null);
    if (broken !== undefined) {
      progress.end();
      await reportBroken(call, outputs, broken);
      return 1;
    }
    const [was, is, runs] = compiled.map((each) => each.compiled as CompiledSide);
    if (was !== undefined && is !== undefined)
      environments.push({ environment, base: was, head: is, running: runs ?? null });
  }
  progress.end();
  const report = diffReport(
    { base: infoOf(base), head: infoOf(head), running: running && infoOf(running) },
    environments,
    { added, removed },
  );
  const exitCode = options.detailedExitcode === true && hasDifferences(report) ? 3 : 0;
  const paths: DiffPaths = { base: pathsOf(base, folder), head: pathsOf(head, folder) };
  await writeReports(
    {
      verb: 'diff',
      findings: diffFindings(report),
      json: { version: VERSION, exitCode, ...(maskValue(report) as object) },
      failLevel: 'error',
      exitCode,
      pathOf: paths.head,
      texts: new Map(),
      scope: summaryOf(report),
      environments: report.environments.compared,
      notes: [],
    },
    outputs,
    terminal,
    {
      isQuiet: options.quiet === true,
      own: { pretty: (look) => showDiffReport(report, look, paths), markdown: () => diffMarkdown(report, paths) },
    },
  );
  return exitCode;
}

async function open(call: VerbCall, folder: string, text: string | null): Promise<Side> {
  const side = await openSide(call, folder, text);
  const problem = nothingToCheck(side.tree);
  if (problem) throw problem;
  return side;
}

/** A running gateway knows one environment; otherwise all that both sides have, or the one that is named. */
function environmentsOf(call: VerbCall, base: Side, head: Side, running: Side | null) {
  const served = [base, head, running].flatMap((side) => (side?.environment ? [side.environment] : []));
  const named = namedEnvironment(call);
  const wanted = [...new Set([...served, ...(named === null ? [] : [named])])];
  if (wanted.length > 1) {
    throw new UsageError(
      `the environments ${wanted.join(' and ')} cannot be compared`,
      'A running gateway serves one environment: compare it with files, or name no other with --env.',
    );
  }
  const { environments: was } = base.tree;
  const { environments: is } = head.tree;
  const unknown = wanted.find((name) => ![was, is].some((known) => known.includes(name)));
  if (unknown !== undefined) {
    throw new UsageError(
      `neither side has an environment ${JSON.stringify(unknown)}`,
      `Environments are ${is.join(', ')}.`,
    );
  }
  if (wanted.length === 1) return { compared: wanted, added: [], removed: [] };
  return {
    compared: is.filter((name) => was.includes(name)),
    added: is.filter((name) => !was.includes(name)),
    removed: was.filter((name) => !is.includes(name)),
  };
}

function infoOf({ name, commit }: Side) {
  return { name, commit };
}

/** Files of a commit and of a running gateway are named as those of the policies folder: that is where they came from. */
function pathsOf({ tree, commit, environment }: Side, folder: string): (file: string) => string {
  const root = commit === null && environment === null ? tree.folder : folder;
  return (file) => (file.startsWith('catalog/') ? file : join(root, file).replaceAll('\\', '/'));
}

async function reportBroken(
  call: VerbCall,
  outputs: readonly Output[],
  { side, compiled }: { readonly side: Side; readonly compiled: Compiled },
): Promise<void> {
  const findings = compiled.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map((finding): Diagnostic => ({ ...finding, message: `${side.name}: ${finding.message}` }));
  await writeReports(
    {
      verb: 'diff',
      findings,
      json: { version: VERSION, exitCode: 1, findings: findings.map(jsonFinding), changes: [] },
      failLevel: 'error',
      exitCode: 1,
      pathOf: pathsOf(side, policiesFolder(call)),
      texts: side.tree.parsed.texts,
      scope: `${side.name} does not compile, so nothing was compared`,
      notes: [],
    },
    outputs,
    call.terminal,
    { isQuiet: call.options.quiet === true },
  );
}

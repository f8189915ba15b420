import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { VERSION } from '#core';
import { findPage, lintPages, runLint, type TrafficEvidence, type WorstCase } from '#lint';
import { type Compiled, suggest } from '#policy';
import { findingsSince, type SinceRevision } from '../lint/changed-since.ts';
import { type FixedFile, type FixedTree, fileText, fixTree } from '../lint/fix-tree.ts';
import { lineAges } from '../lint/line-ages.ts';
import { sameSecret } from '../lint/same-secret.ts';
import { showDiff } from '../lint/show-diff.ts';
import { showWorstCases } from '../lint/show-worst-cases.ts';
import { chosenEnvironment, nothingToCheck, type PolicyTree, readTree, shownPath, treeOf } from '../load-tree.ts';
import { policiesFolder, textOption, withEnvironment, withPolicies } from '../options.ts';
import { startProgress } from '../progress.ts';
import { replaceFile } from '../replace-file.ts';
import { type Output, readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { hideFoundSecrets } from '../report/hide-secrets.ts';
import { jsonFinding } from '../report/json.ts';
import { writePretty } from '../report/pretty.ts';
import { fails, type Look, type Report } from '../report/report.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** Name of what comes from stdin, in findings. */
const STDIN = 'stdin.yaml';

/** `signalbox lint [FOLDER|-]`: checks policies, for every environment unless one is named. */
export const lint: Verb = {
  configure(command) {
    command.argument('[folder]', 'folder of the policies, in place of --policies; - reads one file from stdin');
    withReports(withEnvironment(withPolicies(command), 'every environment is checked'));
    command.option(
      '--changed-since <rev>',
      'show only what has to do with lines changed since a git revision (or a folder); everything is still checked',
    );
    command
      .option('--fix', 'change the files where only one change can be meant; comments and layout stay')
      .option('--dry-run', 'with --fix: show the change and make none');
    command.option(
      '--traffic <files...>',
      'recordings, for the rules that need them; decided under the named environment, else production',
    );
    command.option('--worst-case', 'also show attempts, time and cost of the worst request on each route');
    command.option('--explain <rule>', 'print what a rule is about, with examples; `all` lists the rules');
  },
  run: checkPolicies,
};

async function checkPolicies(call: VerbCall): Promise<ExitCode> {
  const { options, terminal } = call;
  if (options.explain !== undefined) return explainRule(String(options.explain), call);
  if (options.changedSince !== undefined && call.args.includes('-')) {
    throw new UsageError('--changed-since compares a folder; stdin has no history');
  }
  if (options.fix === true && call.args.includes('-')) throw new UsageError('--fix changes files; stdin is none');
  if (options.dryRun === true && options.fix !== true) {
    throw new UsageError('--dry-run goes with --fix', 'Recorded traffic is replayed by signalbox dry-run.');
  }
  const outputs = readOutputs(call);
  const failLevel = readFailLevel(call);
  const tree = await readWhatIsNamed(call);
  const problem = nothingToCheck(tree);
  if (problem) {
    // A tool that reads the report learns why there is none; a person reads it on stderr.
    const machine = outputs.filter(({ format }) => format !== 'pretty');
    const nothing = { waived: 0, worstCases: [], environments: [], since: null, repaired: null, isPreview: false };
    await report({ tree, findings: tree.parsed.diagnostics, ...nothing }, { call, failLevel, exitCode: 2 }, machine);
    throw problem;
  }
  const progress = startProgress(terminal);
  const check = (each: PolicyTree) => checkTree(call, each, progress.step);
  const repaired = options.fix === true ? await fixTree(tree, async (each) => (await check(each)).findings) : null;
  const isPreview = options.dryRun === true;
  const shown = repaired === null || isPreview ? tree : repaired.tree;
  const result = await check(shown);
  progress.end();
  if (repaired !== null && !isPreview) await writeFixed(tree, repaired.fixed);
  const exitCode = result.findings.some(({ severity }) => fails(severity, failLevel)) ? 1 : 0;
  const checked = { tree: shown, ...result, repaired, isPreview };
  await report(checked, { call, failLevel, exitCode }, outputs);
  return exitCode;
}

/** What lint says of a tree, as the command line asks. */
async function checkTree(call: VerbCall, tree: PolicyTree, step: (text: string) => void): Promise<TreeFindings> {
  const chosen = chosenEnvironment(call, tree);
  const environments = chosen !== null && !tree.environments.includes(chosen) ? [chosen] : tree.environments;
  const compiled = environments.map((environment) => {
    step(`compiling ${environment} …`);
    return tree.compile(environment);
  });
  step('checking …');
  const nowMs = call.terminal.nowMs();
  const selected = chosen === null ? null : [chosen];
  const lineChangedMs = await lineAges(tree);
  const evidence = await evidenceFor(call, compiled, chosen);
  const result = runLint({
    parsed: tree.parsed,
    compiled,
    nowMs,
    lineChangedMs,
    ...(evidence && { evidence }),
    sameSecret: sameSecret(call.terminal.env, '.'),
    ...(selected && { environments: selected }),
  });
  const shown = { ...result, environments: selected ?? environments };
  const revision = textOption(call.options.changedSince);
  if (revision === undefined) return { ...shown, since: null };
  const since = await findingsSince(tree, result.findings, { revision, environments: selected, nowMs });
  return { ...shown, findings: since.findings, since };
}

/** What the recordings of the command line say; null without any, and while the policies do not compile: that is told first. */
async function evidenceFor(
  { options }: VerbCall,
  compiled: readonly Compiled[],
  chosen: string | null,
): Promise<TrafficEvidence | null> {
  const files = Array.isArray(options.traffic) ? options.traffic.map(String) : [];
  if (files.length === 0) return null;
  const named = compiled.find(({ environment }) => environment === (chosen ?? 'production')) ?? compiled[0];
  if (!named?.snapshot) return null;
  // Replay and alert engine: no need of them without recordings.
  const { readEvidence } = await import('../lint/read-evidence.ts');
  return readEvidence(named.snapshot, files);
}

async function writeFixed(tree: PolicyTree, fixed: readonly FixedFile[]): Promise<void> {
  for (const each of fixed) {
    const path = join(tree.folder, each.file);
    try {
      await replaceFile(path, fileText(tree, each));
    } catch (error) {
      throw new UsageError(`${path} cannot be written: ${(error as Error).message}`, null, { cause: error });
    }
  }
}

async function readWhatIsNamed(call: VerbCall): Promise<PolicyTree> {
  const [named] = call.args;
  if (named === '-') {
    const bytes = await call.terminal.readInput();
    return treeOf('-', { sources: [{ file: STDIN, bytes }], ignored: [], diagnostics: [] });
  }
  const folder = named ?? policiesFolder(call);
  const stats = await stat(folder).catch(() => null);
  if (stats?.isFile()) {
    throw new UsageError(
      `${folder} is a file; policies are checked as a whole`,
      `Name their folder, or check this file alone: signalbox lint - < ${folder}`,
    );
  }
  return readTree(folder);
}

interface TreeFindings {
  readonly findings: Report['findings'];
  readonly waived: number;
  readonly worstCases: readonly WorstCase[];
  readonly environments: readonly string[];
  readonly since: SinceRevision | null;
}

interface Checked extends TreeFindings {
  readonly tree: PolicyTree;
  /** Null without `--fix`. */
  readonly repaired: FixedTree | null;
  readonly isPreview: boolean;
}

async function report(
  checked: Checked,
  { call, failLevel, exitCode }: Pick<Report, 'failLevel'> & { readonly call: VerbCall; readonly exitCode: ExitCode },
  outputs: readonly Output[],
): Promise<void> {
  const { tree, findings, environments, worstCases, since, repaired, isPreview } = checked;
  const texts = hideFoundSecrets(tree.parsed.texts, findings);
  const files = tree.loaded.sources.length;
  const shown: Report = {
    verb: 'lint',
    findings,
    json: {
      version: VERSION,
      exitCode,
      findings: findings.map(jsonFinding),
      worstCases,
      ...(since !== null && { changedSince: since.base, hidden: since.hidden }),
      ...(repaired !== null && { fixed: repaired.fixed.map(({ file, titles }) => ({ file, fixes: titles })) }),
    },
    failLevel,
    exitCode,
    pathOf: (file) => shownPath(file, tree),
    texts,
    scope: `${files} file${files === 1 ? '' : 's'}; ${environments.join(', ') || 'no environment'}`,
    environments,
    notes: notesOf(checked),
  };
  const after = repaired === null ? null : hideFoundSecrets(repaired.tree.parsed.texts, findings);
  const diffs = (look: Look): readonly string[] =>
    !isPreview || repaired === null || after === null
      ? []
      : repaired.fixed.map(({ file }) =>
          showDiff(shownPath(file, tree), texts.get(file) ?? '', after.get(file) ?? '', look.hasColours),
        );
  const tables = call.options.worstCase === true ? [showWorstCases(worstCases)] : [];
  await writeReports(shown, outputs, call.terminal, {
    isQuiet: call.options.quiet === true,
    own: { pretty: (look) => [...diffs(look), ...tables, writePretty(shown, look)].filter(Boolean).join('\n') },
  });
}

function notesOf({ tree, findings, waived, since, repaired, isPreview }: Checked): readonly string[] {
  const notes: string[] = [];
  if (waived > 0) notes.push(`${waived} finding${waived === 1 ? ' is' : 's are'} accepted by waivers.`);
  if (since !== null && since.hidden > 0)
    notes.push(`${since.hidden} more on lines that did not change since ${since.base}.`);
  for (const { file, titles } of repaired?.fixed ?? []) {
    notes.push(`${isPreview ? 'would fix' : 'fixed'} ${shownPath(file, tree)}: ${[...new Set(titles)].join(', ')}`);
  }
  const fixable = findings.filter(({ fix }) => fix !== undefined).length;
  if (repaired === null && fixable > 0) notes.push(`${fixable} can be fixed with --fix.`);
  return notes;
}

function explainRule(id: string, { terminal }: VerbCall): ExitCode {
  if (id === 'all') {
    for (const page of lintPages()) terminal.out(`${page.id.padEnd(30)} ${page.severity.padEnd(6)} ${page.summary}\n`);
    return 0;
  }
  const page = findPage(id);
  if (page) {
    terminal.out(page.markdown);
    return 0;
  }
  const meant = suggest(
    id,
    lintPages().map((each) => each.id),
  );
  throw new UsageError(
    `there is no rule ${JSON.stringify(id)}`,
    meant ? `Did you mean ${meant}?` : '`signalbox lint --explain all` lists them.',
  );
}

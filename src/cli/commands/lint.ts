import { stat } from 'node:fs/promises';
import { VERSION } from '#core';
import { findPage, lintPages, runLint } from '#lint';
import { suggest } from '#policy';
import { findingsSince, type SinceRevision } from '../lint/changed-since.ts';
import { chosenEnvironment, nothingToCheck, type PolicyTree, readTree, shownPath, treeOf } from '../load-tree.ts';
import { policiesFolder, textOption, withEnvironment, withPolicies } from '../options.ts';
import { startProgress } from '../progress.ts';
import { type Output, readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { hideFoundSecrets } from '../report/hide-secrets.ts';
import { jsonFinding } from '../report/json.ts';
import { fails, type Report } from '../report/report.ts';
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
  const outputs = readOutputs(call);
  const failLevel = readFailLevel(call);
  const tree = await readWhatIsNamed(call);
  const problem = nothingToCheck(tree);
  if (problem) {
    // A tool that reads the report learns why there is none; a person reads it on stderr.
    const machine = outputs.filter(({ format }) => format !== 'pretty');
    await report({ tree, findings: tree.parsed.diagnostics, waived: 0 }, { call, failLevel, exitCode: 2 }, machine);
    throw problem;
  }
  const chosen = chosenEnvironment(call, tree);
  const environments = chosen !== null && !tree.environments.includes(chosen) ? [chosen] : tree.environments;
  const progress = startProgress(terminal);
  const compiled = environments.map((environment) => {
    progress.step(`compiling ${environment} …`);
    return tree.compile(environment);
  });
  progress.step('checking …');
  const selected = chosen === null ? {} : { environments: [chosen] };
  const nowMs = terminal.nowMs();
  const all = runLint({ parsed: tree.parsed, compiled, nowMs, ...selected });
  const revision = textOption(options.changedSince);
  const since =
    revision === undefined
      ? null
      : await findingsSince(tree, all.findings, { revision, environments: chosen === null ? null : [chosen], nowMs });
  const result = { ...all, findings: since?.findings ?? all.findings, since };
  progress.end();
  const exitCode = result.findings.some(({ severity }) => fails(severity, failLevel)) ? 1 : 0;
  await report(
    { tree, ...result, environments: chosen === null ? environments : [chosen] },
    { call, failLevel, exitCode },
    outputs,
  );
  return exitCode;
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

interface Checked {
  readonly tree: PolicyTree;
  readonly findings: Report['findings'];
  readonly waived: number;
  readonly since?: SinceRevision | null;
  readonly environments?: readonly string[];
}

async function report(
  { tree, findings, waived, since = null, environments = [] }: Checked,
  { call, failLevel, exitCode }: Pick<Report, 'failLevel'> & { readonly call: VerbCall; readonly exitCode: ExitCode },
  outputs: readonly Output[],
): Promise<void> {
  const { texts } = tree.parsed;
  const files = tree.loaded.sources.length;
  await writeReports(
    {
      verb: 'lint',
      findings,
      json: {
        version: VERSION,
        exitCode,
        findings: findings.map(jsonFinding),
        ...(since !== null && { changedSince: since.base, hidden: since.hidden }),
      },
      failLevel,
      exitCode,
      pathOf: (file) => shownPath(file, tree),
      texts: hideFoundSecrets(texts, findings),
      scope: `${files} file${files === 1 ? '' : 's'}; ${environments.join(', ') || 'no environment'}`,
      environments,
      notes: [
        ...(waived > 0 ? [`${waived} finding${waived === 1 ? ' is' : 's are'} accepted by waivers.`] : []),
        ...(since !== null && since.hidden > 0
          ? [`${since.hidden} more on lines that did not change since ${since.base}.`]
          : []),
      ],
    },
    outputs,
    call.terminal,
    { isQuiet: call.options.quiet === true },
  );
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

import { writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { buildReport, type DryRunReport, explainExamples, UnreadableRecording } from '#replay';
import { readMode, readShard, readWorkers } from '../dry-run/dry-run-options.ts';
import { gateFindings } from '../dry-run/gate-findings.ts';
import { openReplay } from '../dry-run/open-replay.ts';
import { replayRecordings } from '../dry-run/replay-recordings.ts';
import { reportHtml } from '../dry-run/report-html.ts';
import { reportMarkdown } from '../dry-run/report-markdown.ts';
import { mergeParts, partOf } from '../dry-run/report-part.ts';
import type { PathOf } from '../dry-run/report-parts.ts';
import { showReport } from '../dry-run/show-report.ts';
import { policiesFolder, textOption, withEnvironment, withPolicies } from '../options.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** `signalbox dry-run --traffic FILES`: what a change of the policies would have done to recorded traffic. */
export const dryRun: Verb = {
  configure(command) {
    command
      .argument('[merge]', 'put the parts of a sharded run together: dry-run merge FILES')
      .argument('[parts...]', 'the parts');
    withReports(withEnvironment(withPolicies(command), 'that of the recording'));
    command
      .option('--traffic <files...>', 'recordings: .ndjson or .ndjson.gz')
      .option(
        '--base <rev>',
        'git revision or folder to compare with (default: the merge base with the default branch)',
      )
      .option('--head <rev>', 'git revision or folder that is judged (default: the working tree)')
      .option(
        '--mode <mode>',
        'stateless, simulate, or auto: simulate when a budget, cache, retry or breaker changed',
        'auto',
      )
      .option('--lock <file>', 'refuse recordings that the lock file does not pin')
      .option('--shard <i/n>', 'replay one part only, for dry-run merge')
      .option('--workers <n>', 'threads (default: one for every core)')
      .option('--html <file>', 'write the report as one self-contained page')
      .option('--detailed-exitcode', 'exit 3 when anything is different and every gate holds')
      .addHelpText(
        'after',
        '\nExit codes: 1 a gate is breached or the policies do not compile, 2 a recording cannot be read, 3 differences (--detailed-exitcode).',
      );
  },
  run: runDryRun,
};

async function runDryRun(call: VerbCall): Promise<ExitCode> {
  const [word, ...parts] = call.args;
  if (word === 'merge') return writeReport(call, (await mergeParts(parts)).report);
  if (word !== undefined)
    throw new UsageError(`dry-run takes no argument ${JSON.stringify(word)}`, 'Name recordings with --traffic FILE.');
  const paths = (call.options.traffic ?? []) as readonly string[];
  if (paths.length === 0)
    throw new UsageError(
      'no recording is named',
      'Name one or more: --traffic FILE.ndjson. `signalbox traffic import` makes them from other logs.',
    );
  const outputs = readOutputs(call);
  readFailLevel(call);
  const shard = readShard(call.options.shard);
  try {
    const opened = await openReplay(call, paths, {
      shard: shard ?? { index: 0, of: 1 },
      mode: readMode(call.options.mode),
    });
    if (opened.kind === 'broken') {
      await writeReports(opened.report, outputs, call.terminal, { isQuiet: call.options.quiet === true });
      return 1;
    }
    const { compiled, context, plan } = opened;
    const tally = await replayRecordings(call.terminal, paths, {
      compiled,
      context,
      plan,
      workers: readWorkers(call.options.workers),
    });
    explainExamples(tally, compiled.sides.base, compiled.sides.head, context.changes);
    if (tally.counts.records === 0 && shard === null)
      throw nothingReplayed(paths, tally.counts.otherEnvironment, context.environment);
    if (shard === null) return writeReport(call, buildReport(context, tally));
    const part = `${JSON.stringify(partOf(context, tally, shard))}\n`;
    for (const { format, file } of outputs) {
      if (format !== 'json') continue;
      if (file === null) call.terminal.out(part);
      else await writeFile(file, part);
    }
    if (!outputs.some(({ format }) => format === 'json'))
      throw new UsageError('a shard is written as JSON', 'Add --format json=part.json, then merge the parts.');
    return 0;
  } catch (error) {
    if (error instanceof UnreadableRecording)
      throw new UsageError(error.message, 'Recordings are .ndjson files, packed with gzip or not.', { cause: error });
    throw error;
  }
}

async function writeReport(call: VerbCall, report: DryRunReport): Promise<ExitCode> {
  const { options, terminal } = call;
  const folder = policiesFolder(call);
  const pathOf: PathOf = (file) =>
    isAbsolute(file) || file.startsWith('catalog/') ? file : join(folder, file).replaceAll('\\', '/');
  const exitCode = exitCodeOf(report, options.detailedExitcode === true);
  const findings = gateFindings(report);
  const outputs = readOutputs(call);
  await writeReports(
    {
      verb: 'dry-run',
      findings,
      json: { ...report, exitCode },
      failLevel: 'error',
      exitCode,
      pathOf,
      texts: new Map(),
      scope: report.verdict.text,
      notes: [],
    },
    outputs,
    terminal,
    {
      isQuiet: options.quiet === true,
      own: { pretty: (look) => showReport(report, look, pathOf), markdown: () => reportMarkdown(report, pathOf) },
    },
  );
  const html = textOption(options.html);
  if (html !== undefined) await writeFile(html, reportHtml(report, pathOf));
  return exitCode;
}

function exitCodeOf({ verdict, records, changes }: DryRunReport, isDetailed: boolean): ExitCode {
  if (!verdict.passed) return 1;
  return isDetailed && (records.changed > 0 || records.indeterminate > 0 || changes.length > 0) ? 3 : 0;
}

function nothingReplayed(paths: readonly string[], others: number, environment: string): UsageError {
  if (others > 0)
    return new UsageError(
      `all ${others} records are of another environment than ${environment}`,
      'Name theirs with --env.',
    );
  return new UsageError(
    `no line of ${paths.join(', ')} is a record`,
    `\`signalbox traffic stats ${paths.join(' ')}\` says why.`,
  );
}

import { availableParallelism, cpus, loadavg } from 'node:os';
import { VERSION } from '#core';
import { type DecisionSpeed, measureDecisions, number, UnreadableRecording } from '#replay';
import { peekRecordings } from '../dry-run/peek-recordings.ts';
import { chosenEnvironment, loadTree, shownPath } from '../load-tree.ts';
import { withEnvironment, withPolicies } from '../options.ts';
import { createPaint } from '../report/colours.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { jsonFinding } from '../report/json.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** `signalbox bench --traffic FILES`: how fast the policies decide about recorded requests, in one thread. Exit code 1 when they do not compile. */
export const bench: Verb = {
  configure(command) {
    withReports(withEnvironment(withPolicies(command), 'that of the recording'));
    command.option('--traffic <files...>', 'recordings: .ndjson or .ndjson.gz');
  },
  run: runBench,
};

/** A speed with what it is of. */
interface Measured extends DecisionSpeed {
  readonly environment: string;
  readonly revision: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Of the last minute, other programs included: beside a busy one every figure is worse. */
  readonly load: number;
}

async function runBench(call: VerbCall): Promise<ExitCode> {
  const paths = (call.options.traffic ?? []) as readonly string[];
  if (paths.length === 0) throw new UsageError('no recording is named', 'signalbox bench --traffic FILE.ndjson.gz');
  const outputs = readOutputs(call);
  const failLevel = readFailLevel(call);
  const tree = await loadTree(call);
  const environment =
    chosenEnvironment(call, tree) ?? (await reading(peekRecordings(paths))).environment ?? 'development';
  const { snapshot, diagnostics } = tree.compile(environment);
  const isBroken = snapshot === null;
  const measured = isBroken ? null : await measure(snapshot, paths, environment);
  const findings = isBroken ? diagnostics : [];
  const exitCode = isBroken ? 1 : 0;
  await writeReports(
    {
      verb: 'bench',
      findings,
      json: { version: VERSION, exitCode, ...measured, ...(isBroken && { findings: findings.map(jsonFinding) }) },
      failLevel,
      exitCode,
      pathOf: (file) => shownPath(file, tree),
      texts: tree.parsed.texts,
      scope: 'nothing was measured: the policies do not compile',
      notes: [],
    },
    outputs,
    call.terminal,
    {
      isQuiet: call.options.quiet === true,
      own:
        measured === null
          ? {}
          : { pretty: (look) => showSpeed(measured, look), markdown: () => speedMarkdown(measured) },
    },
  );
  return exitCode;
}

async function measure(
  snapshot: Parameters<typeof measureDecisions>[0],
  paths: readonly string[],
  environment: string,
): Promise<Measured> {
  const { speed, tally } = await reading(measureDecisions(snapshot, paths, environment));
  if (speed === null) {
    const { otherEnvironment } = tally.counts;
    const others =
      otherEnvironment > 0 ? `all ${otherEnvironment} records are of another environment than ${environment}` : null;
    throw new UsageError(
      others ?? `no line of ${paths.join(', ')} is a record`,
      `signalbox traffic stats ${paths.join(' ')}`,
    );
  }
  const host = {
    node: process.versions.node,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
  };
  const load = Math.round((loadavg()[0] ?? 0) * 100) / 100;
  return { environment, revision: snapshot.revision, ...speed, ...host, load };
}

async function reading<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof UnreadableRecording)) throw error;
    throw new UsageError(error.message, 'Recordings are .ndjson files, packed with gzip or not.', { cause: error });
  }
}

function rowsOf(measured: Measured): readonly (readonly [string, string])[] {
  const { records, passes, cpuSeconds, perCoreSecond, single, environment, revision, node, cpu, cores, load } =
    measured;
  const { otherEnvironment, badLines } = measured;
  const left = [
    ...(otherEnvironment > 0 ? [`${number(otherEnvironment)} of other environments`] : []),
    ...(badLines > 0 ? [`${number(badLines)} lines that are no records`] : []),
  ];
  return [
    ['a dry-run', `${number(perCoreSecond)} requests per core-second, reading included`],
    [
      '',
      `${number(records)} records${passes === 1 ? '' : `, ${passes} times,`} in ${cpuSeconds.toFixed(2)} s of processor time`,
    ],
    ...(left.length === 0 ? [] : ([['', `left out: ${left.join(', ')}`]] as const)),
    [
      'a gateway',
      `median ${single.medianUs} µs, p99 ${single.p99Us} µs for one decision (${number(single.requests)} requests)`,
    ],
    ['policies', `${environment}, revision ${revision}`],
    ['machine', `Node ${node}, ${safeText(cpu)}, ${cores} core${cores === 1 ? '' : 's'}, load ${load}`],
  ];
}

function showSpeed(measured: Measured, { hasColours, isQuiet }: Look): string {
  if (isQuiet) return '';
  const paint = createPaint(hasColours);
  return `${rowsOf(measured)
    .map(([name, text]) => `${paint('strong', name.padEnd(11))}${text}`)
    .join('\n')}\n`;
}

function speedMarkdown(measured: Measured): string {
  const rows = rowsOf(measured).map(([name, text]) => `| ${name} | ${text.replaceAll('|', '\\|')} |`);
  return `## Signalbox bench\n\n| | |\n|---|---|\n${rows.join('\n')}\n`;
}

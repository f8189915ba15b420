import {
  type AlertRule,
  alertRules,
  type BacktestIncident,
  createBacktest,
  isBacktestable,
  moment,
  recordSample,
  span,
  stateFact,
  type TrafficSample,
} from '#alerts';
import { VERSION } from '#core';
import { chosenEnvironment, loadTree } from '../load-tree.ts';
import { createPaint, type Paint } from '../report/colours.ts';
import { readOutputs } from '../report/formats.ts';
import { safeText } from '../report/safe-text.ts';
import { writeReports } from '../report/write-reports.ts';
import { readRecordings } from '../traffic/read-recording.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';

/** What `signalbox alerts backtest --format json` prints. */
interface BacktestReport {
  readonly version: string;
  readonly exitCode: 0;
  readonly environment: string;
  readonly records: number;
  readonly badLines: number;
  readonly alerts: readonly {
    readonly alert: string;
    readonly fired: number;
    readonly isTested: boolean;
    readonly incidents: readonly {
      readonly heldSince: string;
      readonly firedAt: string;
      readonly endedAt: string | null;
      readonly delayMs: number;
      readonly fact: string;
      readonly causes: BacktestIncident['reading']['causes'];
    }[];
  }[];
}

/** `signalbox alerts backtest --traffic FILE…`: when each alert would have fired on recorded traffic; exit code 2 when nothing was recorded. */
export async function backtestVerb(call: VerbCall): Promise<ExitCode> {
  const { options, args, terminal } = call;
  const files = [...((options.traffic ?? []) as readonly string[]), ...args];
  if (files.length === 0)
    throw new UsageError('no recording is named', 'signalbox alerts backtest --traffic FILE.ndjson');
  const outputs = readOutputs(call);
  const tree = await loadTree(call);
  const environment =
    chosenEnvironment(call, tree) ??
    (tree.environments.includes('production') ? 'production' : tree.environments[0]) ??
    'development';
  const { snapshot, diagnostics } = tree.compile(environment);
  if (snapshot === null) {
    const [first] = diagnostics.filter(({ severity }) => severity === 'error');
    throw new UsageError(
      `the policies do not compile: ${first?.file}:${first?.line}: ${first?.message}`,
      'signalbox lint says more.',
    );
  }
  const rules = alertRules(snapshot);
  if (rules.length === 0)
    throw new UsageError(`environment ${environment} has no alerts`, 'Name another one by --env.');
  const { samples, badLines } = await readSamples(files);
  if (samples.length === 0) throw new UsageError('the files hold no record of a request that has ended');
  const backtest = createBacktest(rules);
  for (const { sample, drops } of samples) backtest.add(sample, drops);
  const incidents = backtest.finish();
  const timezone = snapshot.project.timezone ?? 'UTC';
  const json: BacktestReport = {
    version: VERSION,
    exitCode: 0,
    environment,
    records: samples.length,
    badLines,
    alerts: rules.map((rule) => alertOf(rule, incidents, timezone)),
  };
  const report = {
    ...{ verb: 'alerts', findings: [], json, failLevel: 'error' as const, exitCode: 0, notes: [] },
    pathOf: (file: string) => file,
    texts: new Map<string, string>(),
    scope: `${samples.length} records, ${rules.length} alerts`,
  };
  await writeReports(report, outputs, terminal, {
    own: {
      pretty: ({ hasColours }) => show(json, timezone, createPaint(hasColours)),
      markdown: () => `\`\`\`text\n${show(json, timezone, createPaint(false))}\`\`\`\n`,
    },
  });
  return 0;
}

async function readSamples(files: readonly string[]) {
  const samples: { readonly sample: TrafficSample; readonly drops: number }[] = [];
  let badLines = 0;
  await readRecordings(
    files,
    (record) => {
      const sample = recordSample(record);
      if (sample !== null) samples.push({ sample, drops: record.dropped ?? 0 });
    },
    () => {
      badLines += 1;
    },
  );
  // Several processes write several files, and a long answer is written after a short one that came later.
  samples.sort((a, b) => a.sample.atMs - b.sample.atMs);
  return { samples, badLines };
}

function alertOf(
  rule: AlertRule,
  incidents: readonly BacktestIncident[],
  timezone: string,
): BacktestReport['alerts'][number] {
  const own = incidents.filter(({ alert }) => alert === rule.name);
  return {
    alert: rule.name,
    fired: own.length,
    isTested: isBacktestable(rule),
    incidents: own.map(({ heldSinceMs, firedMs, endedMs, reading }) => ({
      heldSince: new Date(heldSinceMs).toISOString(),
      firedAt: new Date(firedMs).toISOString(),
      endedAt: endedMs === null ? null : new Date(endedMs).toISOString(),
      delayMs: firedMs - heldSinceMs,
      fact: stateFact(rule, reading, firedMs, timezone),
      causes: reading.causes,
    })),
  };
}

function show({ alerts, environment, records, badLines }: BacktestReport, timezone: string, paint: Paint): string {
  const lines = alerts.flatMap(({ alert, fired, isTested, incidents }) => [
    paint('strong', safeText(alert)) +
      (isTested
        ? `: ${fired === 0 ? 'would not have fired' : `would have fired ${fired === 1 ? 'once' : `${fired} times`}`}`
        : ': not tested, a recording does not tell'),
    ...incidents.map(({ firedAt, endedAt, delayMs, fact }) => {
      const lasted = endedAt === null ? 'to the end' : `for ${span(Date.parse(endedAt) - Date.parse(firedAt))}`;
      return `  ${moment(Date.parse(firedAt), timezone)}  ${lasted}, ${span(delayMs)} after it began: ${safeText(fact)}`;
    }),
  ]);
  const bad = badLines === 0 ? '' : `, ${badLines} bad lines`;
  return `${[...lines, '', paint('dim', `${records} records under the alerts of ${environment}${bad}`)].join('\n')}\n`;
}

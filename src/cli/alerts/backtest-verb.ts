import { type AlertRule, alertRules, type BacktestIncident, isBacktestable, moment, span, stateFact } from '#alerts';
import { VERSION } from '#core';
import { chosenEnvironment, loadTree } from '../load-tree.ts';
import { createPaint, type Paint } from '../report/colours.ts';
import { readOutputs } from '../report/formats.ts';
import { safeText } from '../report/safe-text.ts';
import { writeReports } from '../report/write-reports.ts';
import { readInOrder } from '../traffic/read-in-order.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';
import { createAlertPlay } from './play-alerts.ts';

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
  const play = createAlertPlay(rules, snapshot);
  let records = 0;
  const { badLines } = await readInOrder(files, (record) => {
    if (play.add(record) !== null) records += 1;
  });
  if (records === 0) throw new UsageError('the files hold no record of a request that has ended');
  const incidents = play.finish();
  const timezone = snapshot.project.timezone ?? 'UTC';
  const json: BacktestReport = {
    version: VERSION,
    exitCode: 0,
    environment,
    records,
    badLines,
    alerts: rules.map((rule) => alertOf(rule, incidents, timezone)),
  };
  const report = {
    ...{ verb: 'alerts', findings: [], json, failLevel: 'error' as const, exitCode: 0, notes: [] },
    pathOf: (file: string) => file,
    texts: new Map<string, string>(),
    scope: `${records} records, ${rules.length} alerts`,
  };
  await writeReports(report, outputs, terminal, {
    own: {
      pretty: ({ hasColours }) => show(json, timezone, createPaint(hasColours)),
      markdown: () => `\`\`\`text\n${show(json, timezone, createPaint(false))}\`\`\`\n`,
    },
  });
  return 0;
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
        : ': not tested, a recording tells nothing of policies that were refused'),
    ...incidents.map(({ firedAt, endedAt, delayMs, fact }) => {
      const lasted = endedAt === null ? 'to the end' : `for ${span(Date.parse(endedAt) - Date.parse(firedAt))}`;
      return `  ${moment(Date.parse(firedAt), timezone)}  ${lasted}, ${span(delayMs)} after it began: ${safeText(fact)}`;
    }),
  ]);
  const bad = badLines === 0 ? '' : `, ${badLines} bad lines`;
  return `${[...lines, '', paint('dim', `${records} records under the alerts of ${environment}${bad}`)].join('\n')}\n`;
}

import { asArray, asObject, asString, type JsonObject } from '#core';
import { callAdmin, withGateway } from '../call-admin.ts';
import { createPaint, type Paint } from '../report/colours.ts';
import { safeJson, safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** How many revisions before the one in service are shown; `--json` has all. */
const MOST_EARLIER = 3;

/**
 * `signalbox status`: what a running gateway serves, what it refused last, what is wrong now (its budget store, alerts, budgets near their limit), and which
 * targets cannot be called. Exit code 1 when it is not ready, degraded, or without its budget store.
 */
export const status: Verb = {
  configure(command) {
    withGateway(command).option('--json', 'the whole status as JSON');
  },
  run: showStatus,
};

async function showStatus(call: VerbCall): Promise<ExitCode> {
  const { terminal, options } = call;
  const answer = await callAdmin(call, 'GET', '/admin/status');
  if (answer.status !== 200) throw new UsageError(`the gateway answered ${answer.status}`);
  const report = asObject(answer.body);
  if (options.json === true) terminal.out(`${safeJson(report)}\n`);
  else {
    const paint = createPaint(terminal.hasColours);
    terminal.out(`${[...describe(report, paint), ...(await describeTrouble(call, paint))].join('\n')}\n`);
  }
  return report.status === 'ready' && asObject(report.budgetStore).status !== 'lost' ? 0 : 1;
}

function describe(report: JsonObject, paint: Paint): readonly string[] {
  const word = text(report.status);
  const lines = [
    `${paint(word === 'ready' ? 'good' : 'error', word)} ${paint('strong', text(report.environment))} revision ${text(report.revision)}`,
    paint(
      'dim',
      `  active since ${text(report.activatedAt)}, up ${text(report.uptimeSeconds)} s, version ${text(report.version)}`,
    ),
    paint('dim', `  digest ${text(report.digest)}`),
  ];
  const rejected = asObject(report.rejected);
  if (rejected.at !== undefined) {
    lines.push(paint('error', `  a newer tree was refused at ${text(rejected.at)}:`));
    for (const finding of asArray(rejected.diagnostics).map(asObject).slice(0, 20))
      lines.push(`    ${findingLine(finding)}`);
  }
  const earlier = asArray(report.revisions)
    .map(asObject)
    .filter(({ digest }) => digest !== report.digest);
  for (const before of earlier.slice(0, MOST_EARLIER)) {
    lines.push(paint('dim', `  before: revision ${text(before.revision)}, in service from ${text(before.since)}`));
  }
  const store = asObject(report.budgetStore);
  if (store.status === 'lost') {
    lines.push(paint('error', `  the budget store is lost since ${text(store.since)}: ${text(store.problem)}`));
    lines.push('    Budgets decide by their failMode until it is back.');
  }
  lines.push(...describeTargets(asArray(report.targets).map(asObject), paint));
  for (const secret of asArray(report.storedSecrets).map(asObject)) {
    const problem = asString(secret.problem);
    const word = problem === undefined ? 'fresh' : secret.isKept === true ? 'kept' : 'missing';
    const id = `store:${text(secret.store)}/${text(secret.name)}`;
    lines.push(
      `  ${id.padEnd(24)} ${paint(problem === undefined ? 'good' : 'warn', word)} version ${text(secret.version)}, confirmed ${text(secret.checkedAt)}${problem === undefined ? '' : paint('dim', ` ${safeText(problem)}`)}`,
    );
  }
  return lines;
}

/** Targets that can be called on one line; the others below what keeps them from it, which is often the same. */
function describeTargets(targets: readonly JsonObject[], paint: Paint): readonly string[] {
  const ready = targets.filter(({ status }) => status === 'ready');
  const kept = Map.groupBy(
    targets.filter(({ status }) => status !== 'ready'),
    ({ status, problem }) =>
      `${paint('warn', text(status))}${problem === null ? '' : paint('dim', `: ${text(problem)}`)}`,
  );
  return [
    `  ${ready.length} of ${targets.length} targets ${paint('good', 'ready')}: ${ready.map(({ id }) => text(id)).join(', ') || '-'}`,
    ...[...kept].map(([why, those]) => `  ${those.map(({ id }) => text(id)).join(', ')}\n    ${why}`),
  ];
}

/** Alerts that fire and budgets that are spent or nearly so, with the line that asked for it. */
async function describeTrouble(call: VerbCall, paint: Paint): Promise<readonly string[]> {
  const [alerts, budgets] = await Promise.all([
    callAdmin(call, 'GET', '/admin/alerts'),
    callAdmin(call, 'GET', '/admin/budgets'),
  ]);
  const firing = asArray(asObject(alerts.body).alerts)
    .map(asObject)
    .filter(({ state }) => state === 'firing')
    .map(({ alert, since, condition, policy }) => {
      const { file, line } = asObject(policy);
      return `  alert ${text(alert)} fires since ${text(since)}: ${text(condition)} (${text(file)}:${text(line)})`;
    });
  const reached = asArray(asObject(budgets.body).budgets)
    .map(asObject)
    .filter(({ share, alerts: shares }) => Number(share) >= lowest(asArray(shares).map(asObject)))
    .map(({ budget, split, share, window }) => {
      const { end } = asObject(window);
      return `  budget ${[budget, ...asArray(split)].map(text).join(' ')} is at ${Math.floor(Number(share) * 100)}% of its limit${asString(end) === undefined ? '' : `, until ${text(end)}`}`;
    });
  return [...firing.map((line) => paint('error', line)), ...reached.map((line) => paint('warn', line))];
}

/** The first share that a budget tells of; all of it where it tells of none. Pure. */
function lowest(shares: readonly JsonObject[]): number {
  return Math.min(1, ...shares.map(({ share }) => Number(share)));
}

/** One finding of the admin API on a line. Pure. */
export function findingLine({ file, line, column, rule, message, severity }: JsonObject): string {
  return `${text(file)}:${text(line)}:${text(column)} ${text(severity)} ${text(rule)} ${text(message)}`;
}

function text(value: unknown): string {
  return value === undefined || value === null ? '-' : safeText(String(value));
}

import { VERSION } from '#core';
import type { GatewayOptions } from '#gateway';
import { runLint } from '#lint';
import { withGateway } from '../call-admin.ts';
import { checkCollector } from '../doctor/checks/collector.ts';
import { checkDataFolder } from '../doctor/checks/data-folder.ts';
import { checkNode } from '../doctor/checks/node.ts';
import { checkPolicies } from '../doctor/checks/policies.ts';
import { checkPort } from '../doctor/checks/port.ts';
import { checkPrices } from '../doctor/checks/prices.ts';
import { checkProviders } from '../doctor/checks/providers.ts';
import { checkReceivers } from '../doctor/checks/receivers.ts';
import { checkReview } from '../doctor/checks/review.ts';
import { checkSecrets } from '../doctor/checks/secrets.ts';
import { checkSettings } from '../doctor/checks/settings.ts';
import { checkStore } from '../doctor/checks/store.ts';
import type { Check, Installation } from '../doctor/installation.ts';
import { findingsOf, type Outcome } from '../doctor/outcome.ts';
import { runChecks } from '../doctor/run-checks.ts';
import { checkupMarkdown, showCheckup } from '../doctor/show-checkup.ts';
import { chosenEnvironment, nothingToCheck, readTree } from '../load-tree.ts';
import { namedEnvironment, policiesFolder, withEnvironment, withPolicies } from '../options.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { jsonFinding } from '../report/json.ts';
import { maskValue } from '../report/mask-finding.ts';
import { fails } from '../report/report.ts';
import { writeReports } from '../report/write-reports.ts';
import { dataFolder, readServeOptions, withListener } from '../serve/serve-options.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** Of each check; they run side by side. Others answer later than this machine. */
const LIMIT_MS = 1200;
const ONLINE_LIMIT_MS = 5000;

/** In the order they are shown. */
const CHECKS: Readonly<Record<string, Check>> = {
  node: checkNode,
  policies: checkPolicies,
  secrets: checkSecrets,
  data: checkDataFolder,
  store: checkStore,
  port: checkPort,
  providers: checkProviders,
  receivers: checkReceivers,
  settings: checkSettings,
  collector: checkCollector,
  prices: checkPrices,
  review: checkReview,
};

/**
 * `signalbox doctor`: what keeps a gateway from starting here, or from doing what its policies say, with the next step. Changes nothing, prints no secret. Exit code 1 when
 * something is wrong, also for a folder that is not there: that is what it is asked for.
 */
export const doctor: Verb = {
  configure(command) {
    withListener(withGateway(withReports(withEnvironment(withPolicies(command)))))
      .option('--online', 'also ask providers, the mail server, receivers and the collector; nothing is sent or paid')
      .addHelpText(
        'after',
        '\nChanges nothing and prints no secret. Without --online it asks this machine and the budget store alone.\nExit codes: 1 something is wrong, 2 an option cannot be meant.',
      );
  },
  run: runDoctor,
};

async function runDoctor(call: VerbCall): Promise<ExitCode> {
  const outputs = readOutputs(call);
  const failLevel = readFailLevel(call);
  const { options, problem } = readSettings(call);
  const installation = await examine(call, options);
  const checked = await runChecks(CHECKS, installation, installation.isOnline ? ONLINE_LIMIT_MS : LIMIT_MS);
  const outcomes = maskValue([...problem, ...checked]) as readonly Outcome[];
  const findings = findingsOf(outcomes, options.policies);
  const exitCode = findings.some(({ severity }) => fails(severity, failLevel)) ? 1 : 0;
  await writeReports(
    {
      verb: 'doctor',
      findings,
      json: {
        version: VERSION,
        exitCode,
        environment: options.environment,
        checks: outcomes,
        findings: findings.map(jsonFinding),
      },
      failLevel,
      exitCode,
      pathOf: (file) => file,
      texts: new Map(),
      scope: options.environment,
      notes: [],
    },
    outputs,
    call.terminal,
    {
      isQuiet: call.options.quiet === true,
      own: { pretty: (look) => showCheckup(outcomes, look, failLevel), markdown: () => checkupMarkdown(outcomes) },
    },
  );
  return exitCode;
}

/** Reads and compiles before the checks begin: most ask about what the policies name, and no time limit runs while this thread computes. */
async function examine(call: VerbCall, options: GatewayOptions): Promise<Omit<Installation, 'signal'>> {
  const tree = await readTree(options.policies);
  const isOnline = call.options.online === true;
  if (nothingToCheck(tree) !== null) return { call, options, tree, compiled: [], findings: [], isOnline };
  chosenEnvironment(call, tree);
  const compiled = [...new Set([...tree.environments, options.environment])].map(tree.compile);
  const { findings } = runLint({ parsed: tree.parsed, compiled, nowMs: call.terminal.nowMs() });
  return { call, options, tree, compiled, findings, isOnline };
}

/** As `serve` reads them; a variable that cannot be meant is a finding, and the rest is looked at as if it were not set. */
function readSettings(call: VerbCall): { readonly options: GatewayOptions; readonly problem: readonly Outcome[] } {
  try {
    return { options: readServeOptions(call), problem: [] };
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const options = { policies: policiesFolder(call), environment: namedEnvironment(call) ?? 'development' };
    return {
      options: { ...options, dataDir: dataFolder(call), storeUrl: call.terminal.env.SIGNALBOX_REDIS_URL || null },
      problem: [
        {
          check: 'settings',
          status: 'error',
          where: 'environment and options',
          message: error.message,
          hint: error.hint ?? 'Correct the value; `signalbox serve --help` names each.',
        },
      ],
    };
  }
}

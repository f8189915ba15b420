import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { type GatewayOptions, type RunningGateway, StartError, startGateway, TlsFilesError } from '#gateway';
import { cannotCheck } from '#policy';
import { StoreOpenError } from '#state';
import { chosenEnvironment, readTree } from '../load-tree.ts';
import { withEnvironment, withPolicies } from '../options.ts';
import { writePretty } from '../report/pretty.ts';
import { letYoungHeapGrow } from '../serve/boot-heap.ts';
import { readNumber, readServeOptions, withListener } from '../serve/serve-options.ts';
import { withTls } from '../serve/tls-settings.ts';
import { welcome } from '../serve/welcome.ts';
import { workerMetrics } from '../serve/worker-metrics.ts';
import { isWorker, leaveInterruptsToFirst, leaveWorkers, reportReady, runWorkers } from '../serve/workers.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** `signalbox serve`: the gateway. Ends when a signal asks it to, after the answers in progress. */
export const serve: Verb = {
  configure(command: Command) {
    withListener(withTls(withEnvironment(withPolicies(command))))
      .option('--workers <n>', 'processes that share the port', '1')
      .option('--git <url>', 'pull policies from a repository (not in this version)');
  },
  run: runServe,
};

async function runServe(call: VerbCall): Promise<ExitCode> {
  if (call.options.git !== undefined) {
    throw new UsageError(
      '--git is not in this version',
      'Mount or check out the policies and name their folder by --policies.',
    );
  }
  const workers = readNumber('--workers', call.options.workers, 1, availableParallelism() * 4);
  const options = readServeOptions(call);
  if (workers > 1 && !isWorker()) return runWorkers(workers, call.terminal);
  try {
    const gateway = await startGateway(isWorker() ? { ...options, siblings: workerMetrics() } : options);
    letYoungHeapGrow();
    await announce(gateway, options, call);
    // Signals end the process, once the answers in progress are complete.
    return await new Promise<never>(() => {});
  } catch (error) {
    leaveWorkers();
    if (error instanceof StartError) return showRefusal(error, options, call);
    throw startProblem(error, options);
  }
}

async function announce(gateway: RunningGateway, options: GatewayOptions, { terminal }: VerbCall): Promise<void> {
  const status = await gateway.status();
  const line = `${gateway.url} ${status.environment} ${status.revision}\n`;
  const { policies } = options;
  const summary = welcome({ url: gateway.url, status, policies, records: gateway.recordsDirectory });
  if (isWorker()) {
    leaveInterruptsToFirst();
    return reportReady({ kind: 'ready', line, summary });
  }
  terminal.out(line);
  // Log collectors read stderr line by line: prose is for terminals only.
  if (terminal.isErrorTerminal) terminal.err(summary);
}

/** No revision can be served: every finding as `lint` shows it. A tree that is not there is 2, one that is wrong is 1. */
async function showRefusal(error: StartError, { policies }: GatewayOptions, call: VerbCall): Promise<ExitCode> {
  const { terminal } = call;
  const tree = await readTree(policies);
  const { parsed } = tree;
  // A name that no document has is bad usage, not a broken tree.
  chosenEnvironment(call, tree);
  const exitCode = cannotCheck(error.diagnostics) ? 2 : 1;
  const report = {
    verb: 'serve',
    findings: error.diagnostics,
    json: null,
    failLevel: 'error' as const,
    exitCode,
    pathOf: (file: string) => (parsed.texts.has(file) ? `${policies}/${file}` : file),
    texts: parsed.texts,
    scope: policies,
    notes: [],
  };
  const look = {
    hasColours: terminal.hasColours && terminal.isErrorTerminal,
    columns: terminal.columns,
    isQuiet: false,
  };
  terminal.err(`${writePretty(report, look)}signalbox: ${error.message}\n`);
  return exitCode;
}

function startProblem(error: unknown, { host, port }: GatewayOptions): unknown {
  if (error instanceof TlsFilesError) {
    const hint = 'Name the PEM files of a certificate and its own key by --tls-cert and --tls-key.';
    return new UsageError(error.message, hint, { cause: error });
  }
  if (error instanceof StoreOpenError) return new UsageError(error.message, error.hint, { cause: error });
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    return new UsageError(`port ${port} is taken`, 'Stop what listens there, or name another port by --port.', {
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new UsageError(
      `cannot listen on ${host} port ${port}: ${code}`,
      'Name another address by --host or --port.',
      {
        cause: error,
      },
    );
  }
  return error;
}

import cluster, { type Worker } from 'node:cluster';
import type { Terminal } from '../terminal.ts';
import type { ExitCode } from '../verb.ts';
import { createMetricHub } from './metric-hub.ts';
import type { FromWorker, ToWorker } from './metric-messages.ts';

// A worker that dies again at once must not keep a processor busy.
const RESTART_MS = 500;

/** What a worker tells once it listens: the line for stdout and the summary for stderr. */
export interface WorkerReady {
  readonly kind: 'ready';
  readonly line: string;
  readonly summary: string;
}

/** Whether this process is one of several that share a port. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/** Tells the first process that this worker listens. */
export function reportReady(ready: WorkerReady): void {
  process.send?.(ready);
}

/** Keeps Ctrl-C, which a terminal sends to every process of the group, from stopping a worker twice: the first process passes it on. Effect: signal handlers. */
export function leaveInterruptsToFirst(): void {
  process.removeAllListeners('SIGINT');
  process.on('SIGINT', () => {});
}

/** Lets a worker that does not serve end with its own exit code: its channel to the first process would keep it alive. */
export function leaveWorkers(): void {
  cluster.worker?.disconnect();
}

/**
 * Runs N processes on one port and watches over them: one that dies is replaced, one that cannot start at first ends all. Says that the gateway is ready once all
 * of them listen. Signals to this process are passed on as SIGTERM or SIGHUP, a third one to end kills. Ends when all have ended. Effects: child processes,
 * signal handlers.
 */
export async function runWorkers(count: number, terminal: Terminal): Promise<ExitCode> {
  let isStopping = false;
  let stops = 0;
  let code: ExitCode = 0;
  let ready = 0;
  const { promise: allEnded, resolve: end } = Promise.withResolvers<void>();
  const hub = createMetricHub();
  const started = new Set<Worker>();
  const restarts = new Set<NodeJS.Timeout>();
  const start = (): void => void started.add(cluster.fork());
  const send = (signal: NodeJS.Signals): void => {
    for (const worker of started) worker.process.kill(signal);
  };
  const stop = (): void => {
    stops++;
    send(stops > 2 ? 'SIGKILL' : 'SIGTERM');
    isStopping = true;
    for (const restart of restarts) clearTimeout(restart);
    if (started.size === 0) end();
  };
  const reload = (): void => send('SIGHUP');
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', reload);

  cluster.on('message', (worker, message: WorkerReady | FromWorker) => {
    const member = { id: worker.id, send: (text: ToWorker) => worker.isConnected() && worker.send(text) };
    if (message.kind !== 'ready') return hub.take(member, message);
    hub.joined(member);
    ready++;
    if (ready !== count) return;
    terminal.out(message.line);
    // Log collectors read stderr line by line: prose is for terminals only, what limits mean here is for everybody.
    if (terminal.isErrorTerminal) terminal.err(message.summary);
    if (terminal.env.SIGNALBOX_REDIS_URL !== 'memory:') return;
    terminal.err(
      `signalbox: ${count} processes share the port; with SIGNALBOX_REDIS_URL=memory: each keeps budgets of its own, so a limit holds for each of them, not for all\n`,
    );
  });
  cluster.on('exit', (worker, exitCode, signal) => {
    started.delete(worker);
    hub.left(worker.id);
    if (isStopping && started.size === 0) end();
    if (isStopping) return;
    if (ready < count) {
      isStopping = true;
      code = exitCode === 1 || exitCode === 2 ? exitCode : 70;
      send('SIGTERM');
      if (started.size === 0) end();
      return;
    }
    terminal.err(`signalbox: process ${worker.process.pid} ended with ${signal ?? exitCode}; another one starts\n`);
    restarts.add(setTimeout(start, RESTART_MS));
  });
  for (let n = 0; n < count; n++) start();
  await allEnded;
  process.off('SIGTERM', stop);
  process.off('SIGINT', stop);
  process.off('SIGHUP', reload);
  return code;
}

import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Terminal } from '../terminal.ts';
import type { ExitCode } from '../verb.ts';

// A worker that ends sooner than this was not able to serve; starting it again at once would only spin.
const MIN_LIFE_MS = 2000;

/** What a worker tells once it listens: the line for stdout and the summary for stderr. */
export interface WorkerReady {
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
 * Runs N processes on one port and watches over them: one that dies is replaced, one that cannot start ends all. Says that the gateway is ready once all
 * of them listen. Signals to this process are passed on as SIGTERM or SIGHUP, a second Ctrl-C kills. Ends when all have ended. Effects: child processes,
 * signal handlers.
 */
export async function runWorkers(count: number, terminal: Terminal): Promise<ExitCode> {
  let isStopping = false;
  let code: ExitCode = 0;
  let ready = 0;
  const started = new Map<Worker, number>();
  const start = (): void => void started.set(cluster.fork(), terminal.nowMs());
  const send = (signal: NodeJS.Signals): void => {
    for (const worker of started.keys()) worker.process.kill(signal);
  };
  const stop = (): void => {
    send(isStopping ? 'SIGKILL' : 'SIGTERM');
    isStopping = true;
  };
  const reload = (): void => send('SIGHUP');
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', reload);

  cluster.on('message', (_worker, message: WorkerReady) => {
    ready++;
    if (ready !== count) return;
    terminal.out(message.line);
    terminal.err(
      `${message.summary}  ${count} processes share the port. In this version each keeps its own budgets: a limit holds for each, not for all.\n\n`,
    );
  });
  cluster.on('exit', (worker, exitCode) => {
    const livedMs = terminal.nowMs() - (started.get(worker) ?? 0);
    started.delete(worker);
    if (isStopping) return;
    if (livedMs < MIN_LIFE_MS || ready < count) {
      isStopping = true;
      code = exitCode === 1 || exitCode === 2 ? exitCode : 70;
      send('SIGTERM');
      return;
    }
    terminal.err(`signalbox: process ${worker.process.pid} ended with ${exitCode}; another one starts\n`);
    start();
  });
  for (let n = 0; n < count; n++) start();
  while (started.size > 0) await once(cluster, 'exit');
  process.off('SIGTERM', stop);
  process.off('SIGINT', stop);
  process.off('SIGHUP', reload);
  return code;
}

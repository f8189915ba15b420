import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Terminal } from '../terminal.ts';
import type { ExitCode } from '../verb.ts';

// A worker that ends sooner than this was not able to serve; starting it again at once would only spin.
const MIN_LIFE_MS = 2000;

/** Whether this process is one of several that share a port. */
export function isWorker(): boolean {
  return cluster.isWorker;
}

/**
 * Runs N processes on one port and watches over them: one that dies is replaced, one that cannot start ends all. Signals to this process are passed
 * on. Ends when all have ended. Effects: child processes, signal handlers.
 */
export async function runWorkers(count: number, terminal: Terminal): Promise<ExitCode> {
  let isStopping = false;
  let code: ExitCode = 0;
  const started = new Map<Worker, number>();
  const start = (): void => void started.set(cluster.fork(), terminal.nowMs());

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal !== 'SIGHUP') isStopping = true;
      for (const worker of started.keys()) worker.process.kill(signal);
    });
  }
  cluster.on('exit', (worker, exitCode) => {
    const livedMs = terminal.nowMs() - (started.get(worker) ?? 0);
    started.delete(worker);
    if (isStopping) return;
    if (livedMs < MIN_LIFE_MS) {
      isStopping = true;
      code = exitCode === 1 || exitCode === 2 ? exitCode : 70;
      for (const other of started.keys()) other.process.kill('SIGTERM');
      return;
    }
    terminal.err(`signalbox: worker ${worker.process.pid} ended with ${exitCode}; another one starts\n`);
    start();
  });
  for (let n = 0; n < count; n++) start();
  while (started.size > 0) await once(cluster, 'exit');
  return code;
}

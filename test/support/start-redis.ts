import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findFreePort } from './free-port.ts';
import type { Cleanup } from './temp-directory.ts';

/** A real `redis-server` in a folder of its own, with an append-only file so that a restart keeps what was acknowledged. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Ends it, with SIGKILL where told so, and resolves when it is gone. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Starts it again on the same port and data. */
  readonly start: () => Promise<void>;
  /** Stops the process in place: it keeps its connections and answers nothing. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

/**
 * Starts the program on a free port; it goes away after the test. `args` are further settings, such as `--requirepass x`; a file with the settings of a
 * Sentinel makes it one.
 */
export async function startRedis(
  t: Cleanup,
  program: string,
  args: readonly string[] = [],
  sentinelFile?: string,
): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-redis-'));
  const port = await findFreePort();
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const durable = ['--dir', directory, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const role = sentinelFile === undefined ? durable : [sentinelFile, '--sentinel'];
    const tls = args.indexOf('--tls-port');
    const address = tls < 0 ? ['--port', String(port)] : [];
    child = spawn(program, [...role, ...address, '--bind', '127.0.0.1', ...args], { stdio: 'ignore' });
    await listening(tls < 0 ? port : Number(args[tls + 1]), child);
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const running = child;
    child = null;
    if (running === null || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGCONT');
    running.kill(signal);
    await once(running, 'close');
  }

  t.after(async () => {
    await stop('SIGKILL');
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  });
  await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    stop,
    start,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
  };
}

/** Starts three nodes and joins them into one cluster in which each owns a third of the slots. */
export async function startRedisCluster(t: Cleanup, program: string): Promise<readonly RedisServer[]> {
  const nodes = await Promise.all(
    [0, 1, 2].map(() => startRedis(t, program, ['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'])),
  );
  const clients = nodes.map(({ port }) => new Redis({ host: '127.0.0.1', port }));
  for (const [at, client] of clients.entries()) {
    const first = Math.floor((at * 16384) / 3);
    const last = Math.floor(((at + 1) * 16384) / 3) - 1;
    await client.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(at + 1));
  }
  for (const { port } of nodes.slice(1)) await clients[0]!.call('CLUSTER', 'MEET', '127.0.0.1', String(port));
  for (const client of clients)
    await until(async () => String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok'));
  for (const client of clients) client.disconnect();
  return nodes;
}

/** Asks until it is so; for what a foreign program tells nobody. */
export async function until(isSo: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not so within ${withinMs} ms: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function listening(port: number, child: ChildProcess): Promise<void> {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`);
    return canConnect(port);
  });
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

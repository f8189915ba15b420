import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findFreePort } from './free-port.ts';
import type { Authority } from './make-authority.ts';
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

export interface RedisForm {
  /** It speaks TLS alone, with the server's certificate of this authority. */
  readonly tls?: Authority | undefined;
  /** Settings of a Sentinel, which makes it one. */
  readonly sentinel?: string;
}

/** Starts the program on a free port; it goes away after the test. `args` are further settings, such as `--requirepass x`. */
export async function startRedis(
  t: Cleanup,
  program: string,
  args: readonly string[] = [],
  { tls, sentinel }: RedisForm = {},
): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-redis-'));
  const port = await findFreePort();
  let child: ChildProcess | null = null;

  async function start(): Promise<void> {
    const durable = ['--dir', directory, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
    const sentinelFile = join(directory, 'sentinel.conf');
    if (sentinel !== undefined) writeFileSync(sentinelFile, sentinel);
    const role = sentinel === undefined ? durable : [sentinelFile, '--sentinel'];
    const address = tls === undefined ? ['--port', String(port)] : ['--port', '0', '--tls-port', String(port)];
    child = spawn(program, [...role, ...address, ...tlsArgs(tls), '--bind', '127.0.0.1', ...args], { stdio: 'ignore' });
    await listening(port, child);
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
    url: tls === undefined ? `redis://127.0.0.1:${port}` : `rediss://127.0.0.1:${port}?ca=${tls.ca}`,
    stop,
    start,
    freeze: () => child?.kill('SIGSTOP'),
    thaw: () => child?.kill('SIGCONT'),
  };
}

/** Starts three nodes and joins them into one cluster in which each owns a third of the slots. */
export async function startRedisCluster(t: Cleanup, program: string, tls?: Authority): Promise<readonly RedisServer[]> {
  const settings = ['--cluster-enabled', 'yes', ...(tls === undefined ? [] : ['--tls-cluster', 'yes'])];
  const nodes = await Promise.all(
    [0, 1, 2].map(() => startRedis(t, program, [...settings, '--cluster-node-timeout', '1000'], { tls })),
  );
  const clients = nodes.map(({ port }) => new Redis({ host: '127.0.0.1', port, ...clientTls(tls) }));
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

/** A master with a replica, and a Sentinel that makes the replica master when the master is gone for half a second. */
export interface RedisPair {
  /** Of the Sentinel, as the gateway takes it. */
  readonly url: string;
  readonly master: RedisServer;
}

/** Starts the three, and waits until the Sentinel knows of both. */
export async function startRedisPair(t: Cleanup, program: string, tls?: Authority): Promise<RedisPair> {
  const master = await startRedis(t, program, [], { tls });
  const replica = await startRedis(t, program, ['--replicaof', '127.0.0.1', String(master.port)], { tls });
  const settings = [
    `sentinel monitor main 127.0.0.1 ${master.port} 1`,
    'sentinel down-after-milliseconds main 500',
    'sentinel failover-timeout main 3000',
  ].join('\n');
  const sentinel = await startRedis(t, program, [], { tls, sentinel: settings });
  const direct = new Redis({ host: '127.0.0.1', port: replica.port, ...clientTls(tls) });
  const watch = new Redis({ host: '127.0.0.1', port: sentinel.port, ...clientTls(tls) });
  await until(async () => (await direct.info('replication')).includes('master_link_status:up'));
  await until(async () => String(await watch.call('SENTINEL', 'REPLICAS', 'main')).includes(String(replica.port)));
  direct.disconnect();
  watch.disconnect();
  const scheme = tls === undefined ? 'redis' : 'rediss';
  const query = tls === undefined ? '' : `?ca=${tls.ca}`;
  return { url: `${scheme}+sentinel://127.0.0.1:${sentinel.port}/main${query}`, master };
}

function clientTls(tls: Authority | undefined) {
  return tls === undefined ? {} : { tls: { ca: readFileSync(tls.ca) } };
}

function tlsArgs(tls: Authority | undefined): readonly string[] {
  if (tls === undefined) return [];
  const files = ['--tls-cert-file', tls.certificate, '--tls-key-file', tls.key, '--tls-ca-cert-file', tls.ca];
  return [...files, '--tls-auth-clients', 'no', '--tls-replication', 'yes'];
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

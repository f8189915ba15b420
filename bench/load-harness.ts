import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A provider and a load generator in C on one core, whatever is measured on the other. */
export interface LoadHarness {
  /** A folder of its own, with `small.json` and other request bodies; gone after `close`. */
  readonly directory: string;
  /** Port of the provider: `/m-d50/v1/…` answers after 50 ms, `/v1/…` at once. */
  readonly providerPort: number;
  /** Starts the gateway from the sources, pinned to a core of its own, and waits until it answers the body. */
  readonly serve: (options: ServeOptions) => Promise<Served>;
  /** Starts bare node:http + undici dispatch on the same core, which passes every body to the provider. */
  readonly serveRaw: (body: string) => Promise<Served>;
  /** Loads a gateway and says what came back; throws when an answer was not 200. */
  readonly load: (port: number, options: LoadOptions) => Promise<Loaded>;
  readonly close: () => Promise<void>;
}

export interface ServeOptions {
  readonly policies: string;
  readonly dataDir: string;
  /** A request that has to be answered with 200 before the measuring begins. */
  readonly body: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Another checkout whose gateway is started, to measure two states of the sources in one run. */
  readonly checkout?: string;
  /** Where a CPU profile is written when the process ends. */
  readonly profile?: string;
}

export interface Served {
  readonly port: number;
  /** Running time of every thread so far, microseconds. */
  readonly cpuMicros: () => number;
  /** Ends the process. */
  readonly stop: () => Promise<void>;
}

export interface LoadOptions {
  readonly bodyFile: string;
  readonly seconds: number;
  /** So many connections, each asking again as soon as it is answered; or `rate` requests a second whatever comes back. */
  readonly connections?: number;
  readonly rate?: number;
}

export interface Loaded {
  readonly ok: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** The key that the load brings in every request. */
export const KEY = 'sbx_bench_0123456789abcdef0123456789abcdef';
const SOURCES = join(import.meta.dirname, '../../shared/bench');
const OWN_CHECKOUT = join(import.meta.dirname, '..');

/** Compiles and starts the C programs of `../shared/bench`; null, said aloud, where they or gcc are not at hand. Effects: processes and a temporary folder. */
export async function startLoadHarness(): Promise<LoadHarness | null> {
  if (!existsSync(join(SOURCES, 'mock.c'))) {
    console.log('skipped: no ../shared/bench');
    return null;
  }
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
  const children: ChildProcess[] = [];
  for (const name of ['mock', 'load']) {
    const source = readFileSync(join(SOURCES, `${name}.c`), 'utf8').replace('sk-bench', KEY);
    writeFileSync(join(directory, `${name}.c`), source);
    execFileSync('gcc', ['-O2', '-o', join(directory, name), join(directory, `${name}.c`), '-lm']);
  }
  execFileSync(process.execPath, [join(SOURCES, 'bodies.mjs'), directory]);
  const providerPort = await freePort();
  start(1, join(directory, 'mock'), ['--port', String(providerPort)]);

  function start(core: number, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn('taskset', ['-c', String(core), command, ...args], {
      stdio: 'ignore',
      env: { ...process.env, NODE_ENV: 'production', ...env },
    });
    children.push(child);
    return child;
  }

  const served = (port: number, child: ChildProcess): Served => ({
    port,
    cpuMicros: () => cpuMicros(child.pid ?? 0),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.kill()) await ended;
    },
  });

  return {
    directory,
    providerPort,
    async serve({ policies, dataDir, body, env = {}, checkout = OWN_CHECKOUT, profile }) {
      const port = await freePort();
      const flags = profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
      const where = ['--port', String(port), '--env', 'production', '--policies', policies, '--data-dir', dataDir];
      const child = start(0, process.execPath, [...flags, join(checkout, 'bin/signalbox.mjs'), 'serve', ...where], env);
      await answering(port, body);
      return served(port, child);
    },
    async serveRaw(body) {
      const port = await freePort();
      const child = start(0, process.execPath, [
        join(import.meta.dirname, 'raw-dispatch.ts'),
        ...[String(port), String(providerPort)],
      ]);
      await answering(port, body);
      return served(port, child);
    },
    async load(port, { bodyFile, seconds, connections, rate }) {
      const pace = rate === undefined ? ['--closed', String(connections ?? 32)] : ['--rate', String(rate)];
      const args = ['--port', String(port), '--path', '/v1/chat/completions', '--seconds', String(seconds)];
      const text = await output('taskset', [
        ...['-c', '1', join(directory, 'load')],
        ...[...args, '--warmup', '0', ...pace, '--body-file', bodyFile],
      ]);
      const { ok, non2xx, errors, rps, latency } = JSON.parse(text) as Report;
      if (non2xx + errors > 0) throw new Error(`${non2xx + errors} of ${ok + non2xx + errors} answers were not 200`);
      return { ok, perSecond: rps, p50: latency.p50 / 1000, p99: latency.p99 / 1000 };
    },
    async close() {
      for (const child of children) child.kill();
      await setTimeout(1500);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface Report {
  readonly ok: number;
  readonly non2xx: number;
  readonly errors: number;
  readonly rps: number;
  readonly latency: { readonly p50: number; readonly p99: number };
}

function output(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function answering(port: number, body: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body,
      });
      const text = await answer.text();
      if (answer.status === 200) return;
      throw new Error(`port ${port} answers ${answer.status}: ${text}`);
    } catch (error) {
      if (attempt === 200) throw error;
    }
    await setTimeout(100);
  }
}

/** Running time of every thread of a process and of its children. */
function cpuMicros(pid: number): number {
  let nanos = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    nanos += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
    const inner = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean);
    nanos += inner.reduce((sum, child) => sum + cpuMicros(Number(child)) * 1000, 0);
  }
  return nanos / 1000;
}

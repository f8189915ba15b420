import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/**
 * CPU of one request through the whole gateway against bare node:http + undici dispatch, in one interleaved run: `node bench/request-path.ts [--rounds 5]
 * [--seconds 3] [--warm 60000] [--body small|8k|100k] [--prof DIR]`. Each side first answers `warm` requests that do not count: until then V8 still compiles
 * and the figure is that of the first minute of a process, about twice the later one. The full path is: a key, 1,000 routes, validation, two budgets, usage, metrics, an access-log line and a
 * record. Prints the least CPU µs a request of each over the rounds (threads included) and their ratio. Upstream and load are the C programs of
 * `../shared/bench`, compiled here; without them or gcc it says so and ends. Gateway on one core, the rest on the other.
 */
const option = (name: string, byDefault: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? byDefault : (process.argv[at + 1] ?? byDefault);
};
const ROUNDS = Number(option('rounds', '5'));
const SECONDS = Number(option('seconds', '3'));
const WARM = Number(option('warm', '60000'));
const GOAL = 1.5;
const KEY = 'sbx_bench_0123456789abcdef0123456789abcdef';
const MOCK_PORT = 9100;
const ROUTES = 1000;

const root = join(import.meta.dirname, '..');
const harness = join(root, '../shared/bench');
if (!existsSync(join(harness, 'mock.c'))) {
  console.log('skipped: no ../shared/bench');
  process.exit(0);
}

const directory = mkdtempSync(join(tmpdir(), 'signalbox-path-'));
const children: ChildProcess[] = [];
try {
  for (const name of ['mock', 'load']) {
    // The load brings a key of its own in every request.
    const source = readFileSync(join(harness, `${name}.c`), 'utf8').replace('sk-bench', KEY);
    writeFileSync(join(directory, `${name}.c`), source);
    execFileSync('gcc', ['-O2', '-o', join(directory, name), join(directory, `${name}.c`), '-lm']);
  }
  execFileSync(process.execPath, [join(harness, 'bodies.mjs'), directory]);
  writePolicies(join(directory, 'policies'));
  start(1, join(directory, 'mock'), ['--port', String(MOCK_PORT)]);
  const gateways = [
    { name: 'raw dispatch', port: 9101, process: raw(9101), runs: [] as number[] },
    { name: 'signalbox', port: 9102, process: signalbox(9102), runs: [] as number[] },
  ];
  for (const { port } of gateways) await answering(port);
  for (const { port } of gateways) for (let warmed = 0; warmed < WARM; ) warmed += (await load(port)).ok;
  for (let round = 0; round < ROUNDS; round++) {
    for (const gateway of gateways) {
      const before = cpuMicros(gateway.process.pid ?? 0);
      const { ok, bad } = await load(gateway.port);
      if (bad > 0) throw new Error(`${gateway.name}: ${bad} of ${ok + bad} answers were not 200`);
      gateway.runs.push((cpuMicros(gateway.process.pid ?? 0) - before) / ok);
    }
  }
  const [least = 0, ours = 0] = gateways.map(({ runs }) => Math.min(...runs));
  for (const { name, runs } of gateways)
    console.log(
      `${name.padEnd(14)}${Math.min(...runs).toFixed(1)} µs CPU a request (${runs.map((run) => run.toFixed(0)).join(', ')})`,
    );
  console.log(`ratio ${(ours / least).toFixed(2)} (goal ${GOAL}: ${ours / least <= GOAL ? 'met' : 'MISSED'})`);
} finally {
  for (const child of children) child.kill();
  await setTimeout(1500);
  rmSync(directory, { recursive: true, force: true });
}

function writePolicies(tree: string): void {
  mkdirSync(tree, { recursive: true });
  const routes = Array.from(
    { length: ROUTES },
    (_, at) => `kind: Route\nmetadata: { name: r${at} }\nspec: { match: { models: [model-${at}] }, chain: main }`,
  );
  const documents = [
    'kind: Project\nmetadata: { name: bench }\nspec: { requires: ">=0.1 <2", timezone: UTC }',
    'kind: Environment\nmetadata: { name: production }\nspec: {}',
    `kind: Provider\nmetadata: { name: mock }\nspec: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${MOCK_PORT}/v1", auth: { kind: bearer, secret: { env: MOCK_KEY } } }`,
    'kind: Model\nmetadata: { name: mock/gpt }\nspec: { provider: mock, upstreamName: gpt-4o-mini, tier: small, contextWindow: 128000, maxOutput: 16384, capabilities: [tools, streaming, system], prices: [{ from: 2026-01-01, input: "0.15", output: "0.60", source: bench, readAt: 2026-01-01 }] }',
    'kind: Chain\nmetadata: { name: main }\nspec: { targets: [{ id: gpt, model: mock/gpt }] }',
    `kind: Consumer\nmetadata: { name: app, labels: { team: product } }\nspec: { keys: [{ id: k1, sha256: ${hash('sha256', KEY)}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }`,
    'kind: Budget\nmetadata: { name: month }\nspec: { scope: { consumers: [app] }, limit: { cost: "1000000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }',
    'kind: Budget\nmetadata: { name: minute }\nspec: { scope: { consumers: [app] }, limit: { requests: 100000000 }, window: { rolling: 1m }, onExhausted: deny }',
    'kind: Route\nmetadata: { name: main }\nspec: { match: { models: [gpt-4o-mini] }, chain: main }',
    ...routes,
  ].map((text) => `apiVersion: signalbox/v1\n${text}`);
  writeFileSync(join(tree, 'all.yaml'), documents.join('\n---\n'));
}

function start(core: number, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const child = spawn('taskset', ['-c', String(core), command, ...args], {
    stdio: 'ignore',
    env: { ...process.env, NODE_ENV: 'production', ...env },
  });
  children.push(child);
  return child;
}

function raw(port: number): ChildProcess {
  return start(0, process.execPath, [join(import.meta.dirname, 'raw-dispatch.ts'), String(port), String(MOCK_PORT)]);
}

function signalbox(port: number): ChildProcess {
  const profile = option('prof', '');
  const flags = profile === '' ? [] : ['--cpu-prof', '--cpu-prof-dir', profile];
  const args = [join(root, 'src/cli/main.ts')];
  const serve = ['serve', '--port', String(port), '--env', 'production'];
  return start(
    0,
    process.execPath,
    [
      ...flags,
      join(root, 'bin/signalbox.mjs'),
      ...serve,
      ...['--policies', join(directory, 'policies'), '--data-dir', join(directory, 'data')],
    ].filter((arg) => !args.includes(arg)),
    { MOCK_KEY: 'sk-mock' },
  );
}

async function answering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
        body: readFileSync(join(directory, 'small.json')),
      });
      const text = await answer.text();
      if (answer.status === 200) return;
      if (attempt === 99) throw new Error(`port ${port} answers ${answer.status}: ${text}`);
    } catch (error) {
      if (attempt === 99) throw error;
    }
    await setTimeout(100);
  }
}

function load(port: number): Promise<{ readonly ok: number; readonly bad: number }> {
  const args = ['--port', String(port), '--path', '/v1/chat/completions', '--seconds', String(SECONDS)];
  const body = join(directory, `${option('body', 'small')}.json`);
  const more = ['--warmup', '0', '--closed', '32', '--body-file', body];
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', '1', join(directory, 'load'), ...args, ...more], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (part) => (text += part));
    child.on('error', reject);
    child.on('close', () => {
      const result = JSON.parse(text) as { readonly ok: number; readonly non2xx: number; readonly errors: number };
      resolve({ ok: result.ok, bad: result.non2xx + result.errors });
    });
  });
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

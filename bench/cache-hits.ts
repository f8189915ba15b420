import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, startLoadHarness } from './load-harness.ts';

/**
 * A hit beside the upstream path, over real connections: `node bench/cache-hits.ts [--rounds 5] [--seconds 2] [--delays 0,50,500] [--prof DIR]`. One gateway with the full path (a
 * key, 1,000 routes, two budgets, usage, metrics, records), the same question along a route with a cache and along one without, the provider answering at once,
 * after 50 ms and after 500 ms. Prints answers a second at 32 connections, the gateway's CPU a request (least of the rounds), and what each takes one at a time. Provider and load are the C programs of `../shared/bench`. Bars: 5 times the throughput of the upstream path, less than 1 ms added.
 */
const option = (name: string, byDefault: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? byDefault : (process.argv[at + 1] ?? byDefault);
};
const ROUNDS = Number(option('rounds', '5'));
const SECONDS = Number(option('seconds', '2'));
const DELAYS = option('delays', '0,50,500').split(',').filter(Boolean).map(Number);
const ROUTES = 1000;

const harness = await startLoadHarness();
if (harness === null) process.exit(0);
const { directory, providerPort, load } = harness;
try {
  const small = readFileSync(join(directory, 'small.json'), 'utf8');
  const bodyFor = (model: string) => {
    const file = join(directory, `${model}.json`);
    writeFileSync(file, small.replace('gpt-4o-mini', model));
    return file;
  };
  const models = ['kept', ...DELAYS.map((delay) => `live-${delay}`)];
  const files = new Map(models.map((model) => [model, bodyFor(model)]));
  writePolicies();
  const profile = option('prof', '');
  const { port, cpuMicros } = await harness.serve({
    policies: join(directory, 'policies'),
    dataDir: join(directory, 'data'),
    body: readFileSync(files.get('kept') ?? '', 'utf8'),
    env: { MOCK_KEY: 'sk-mock' },
    ...(profile === '' ? {} : { profile }),
  });
  const rows = new Map(models.map((model) => [model, { perSecond: [] as number[], cpu: [] as number[] }]));
  const one = async (model: string, seconds: number) => {
    const before = cpuMicros();
    const { ok, perSecond } = await load(port, { bodyFile: files.get(model) ?? '', seconds, connections: 32 });
    return { perSecond, cpu: (cpuMicros() - before) / ok };
  };
  for (const model of models.slice(0, 2)) await one(model, 4);
  for (let round = 0; round < ROUNDS; round++) {
    for (const model of models) {
      const { perSecond, cpu } = await one(model, SECONDS);
      rows.get(model)?.perSecond.push(perSecond);
      rows.get(model)?.cpu.push(cpu);
    }
  }
  const kept = rows.get('kept') ?? { perSecond: [], cpu: [] };
  for (const [model, { perSecond, cpu }] of rows) {
    const times = median(kept.perSecond) / median(perSecond);
    console.log(
      `${model.padEnd(9)} ${median(perSecond).toFixed(0).padStart(6)} answers a second at 32 connections, ${Math.min(...cpu).toFixed(1)} µs CPU a request${model === 'kept' ? '' : `; a hit: ${times.toFixed(1)} times the answers, ${(Math.min(...cpu) / Math.min(...kept.cpu)).toFixed(2)} times less CPU`}`,
    );
  }
  for (const model of models.slice(0, 2)) {
    const { p50, p99 } = await load(port, { bodyFile: files.get(model) ?? '', seconds: 2 * SECONDS, connections: 1 });
    console.log(`${model.padEnd(9)} one at a time, end to end: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
  }
} finally {
  await harness.close();
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function writePolicies(): void {
  mkdirSync(join(directory, 'policies'));
  const live = [...new Set([0, ...DELAYS])].flatMap((delay) => {
    const base = `http://127.0.0.1:${providerPort}/${delay === 0 ? '' : `m-d${delay}/`}v1`;
    return [
      `kind: Provider\nmetadata: { name: mock-${delay} }\nspec: { dialect: openai-chat, baseUrl: "${base}", auth: { kind: bearer, secret: { env: MOCK_KEY } } }`,
      `kind: Model\nmetadata: { name: mock-${delay}/gpt }\nspec: { provider: mock-${delay}, upstreamName: gpt-4o-mini, tier: small, contextWindow: 128000, maxOutput: 16384, capabilities: [tools, streaming, system], prices: [{ from: 2026-01-01, input: "0.15", output: "0.60", source: bench, readAt: 2026-01-01 }] }`,
      `kind: Chain\nmetadata: { name: main-${delay} }\nspec: { targets: [{ id: gpt, model: mock-${delay}/gpt }] }`,
      `kind: Route\nmetadata: { name: live-${delay} }\nspec: { match: { models: [live-${delay}] }, chain: main-${delay} }`,
    ];
  });
  const documents = [
    'kind: Project\nmetadata: { name: bench }\nspec: { requires: ">=0.1 <2", timezone: UTC }',
    'kind: Environment\nmetadata: { name: production }\nspec: {}',
    `kind: Consumer\nmetadata: { name: app, labels: { team: product } }\nspec: { keys: [{ id: k1, sha256: ${hash('sha256', KEY)}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }`,
    'kind: Budget\nmetadata: { name: month }\nspec: { scope: { consumers: [app] }, limit: { cost: "1000000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }',
    'kind: Budget\nmetadata: { name: minute }\nspec: { scope: { consumers: [app] }, limit: { requests: 100000000 }, window: { rolling: 1m }, onExhausted: deny }',
    'kind: Cache\nmetadata: { name: week }\nspec: { mode: exact, ttl: 7d }',
    'kind: Route\nmetadata: { name: kept }\nspec: { match: { models: [kept] }, chain: main-0, cache: week }',
    ...live,
    ...Array.from(
      { length: ROUTES },
      (_, at) => `kind: Route\nmetadata: { name: r${at} }\nspec: { match: { models: [model-${at}] }, chain: main-0 }`,
    ),
  ].map((text) => `apiVersion: signalbox/v1\n${text}`);
  writeFileSync(join(directory, 'policies/all.yaml'), documents.join('\n---\n'));
}

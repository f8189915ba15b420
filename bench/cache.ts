import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { createVectorIndex } from '../src/cache/index.ts';
import { startGateway } from '../src/gateway/index.ts';

/**
 * What a hit costs beside the upstream path, how long a search by meaning takes in 100,000 questions, and what a cache would have saved on a recorded trace:
 * `node bench/cache.ts [REQUESTS]`. Gateway, provider and caller share one process, so throughputs are to be read as a ratio.
 */
const REQUESTS = Number(process.argv[2] ?? 4000);
const TRACES = join(import.meta.dirname, '../../shared/data/traces/mooncake');

const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'model',
    choices: [
      { index: 0, message: { role: 'assistant', content: 'It can be returned. '.repeat(20) }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 400, completion_tokens: 90, total_tokens: 490 },
  }),
);
let delayMs = 0;
const provider = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const reply = () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    if (delayMs === 0) reply();
    else setTimeout(reply, delayMs);
  });
});
await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
const upstream = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
mkdirSync(join(folder, 'policies'));
writeFileSync(
  join(folder, 'policies/all.yaml'),
  [
    'kind: Project\nmetadata: { name: bench }\nspec: { anonymous: guest, defaults: { timeouts: { connect: 2s, total: 20s } } }',
    'kind: Consumer\nmetadata: { name: guest }\nspec: { keys: [] }',
    `kind: Provider\nmetadata: { name: p }\nspec: { dialect: openai-chat, baseUrl: "${upstream}", auth: { kind: none } }`,
    'kind: Model\nmetadata: { name: p/model }\nspec: { provider: p, upstreamName: model, contextWindow: 2000000, maxOutput: 4096, prices: [{ from: 2020-01-01, input: "2.50", output: "10.00", source: "https://example.com", readAt: 2026-11-01 }] }',
    'kind: Chain\nmetadata: { name: c }\nspec: { targets: [{ id: t, model: p/model }] }',
    'kind: Cache\nmetadata: { name: kept }\nspec: { mode: exact, ttl: 7d }',
    'kind: Route\nmetadata: { name: kept }\nspec: { match: { models: [kept] }, chain: c, cache: kept }',
    'kind: Route\nmetadata: { name: live }\nspec: { match: { models: [live] }, chain: c }',
  ]
    .map((document) => `apiVersion: signalbox/v1\n${document}\n`)
    .join('---\n'),
);
const quiet = { info: () => undefined, warn: () => undefined, error: console.error };
const gateway = await startGateway({
  policies: join(folder, 'policies'),
  dataDir: join(folder, 'data'),
  environment: 'development',
  port: 0,
  watch: false,
  env: {},
  log: quiet,
});
const pool = new Pool(gateway.url, { connections: 32 });

async function ask(
  model: string,
  text: string,
): Promise<{ readonly ms: number; readonly said: string; readonly savedUsd: number; readonly costUsd: number }> {
  const startedMs = performance.now();
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: text }] });
  const { headers, body: reply } = await pool.request({
    method: 'POST',
    path: '/v1/chat/completions',
    body,
    headers: { 'content-type': 'application/json' },
  });
  await reply.dump();
  return {
    ms: performance.now() - startedMs,
    said: String(headers['x-signalbox-cache']),
    savedUsd: Number(headers['x-signalbox-saved-usd'] ?? 0),
    costUsd: Number(headers['x-signalbox-cost-usd'] ?? 0),
  };
}

async function load(model: string, count: number, atOnce: number): Promise<{ readonly perSecond: number }> {
  let left = count;
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (left-- > 0) await ask(model, 'What is the returns policy?');
    }),
  );
  return { perSecond: (1000 * count) / (performance.now() - startedMs) };
}

const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? 0;

for (const model of ['live', 'kept']) await load(model, 300, 8);
const one = { live: [] as number[], kept: [] as number[] };
for (let n = 0; n < 400; n++)
  for (const model of ['live', 'kept'] as const) one[model].push((await ask(model, 'What is the returns policy?')).ms);
console.log(
  `one at a time, p50 / p99 ms: hit ${quantile(one.kept, 0.5).toFixed(2)} / ${quantile(one.kept, 0.99).toFixed(2)}, provider at once ${quantile(one.live, 0.5).toFixed(2)} / ${quantile(one.live, 0.99).toFixed(2)}`,
);
for (const ms of [0, 50]) {
  delayMs = ms;
  const live = await load('live', ms === 0 ? 3000 : 1500, 32);
  const kept = await load('kept', 3000, 32);
  console.log(
    `32 at once, provider answers after ${ms} ms: hits ${kept.perSecond.toFixed(0)}/s, calls ${live.perSecond.toFixed(0)}/s, ${(kept.perSecond / live.perSecond).toFixed(1)} times`,
  );
}
delayMs = 0;

if (existsSync(TRACES)) await replayTrace();
else console.log('skipped: no ../shared/data/traces/mooncake');
searchIndex();
await pool.close();
await gateway.close(1000);
provider.close();
rmSync(folder, { recursive: true, force: true });

/** Prompts by their block hashes: two requests are the same question when every block is. */
async function replayTrace(): Promise<void> {
  for (const file of readdirSync(TRACES).filter((name) => /\.jsonl(\.gz)?$/.test(name))) {
    const bytes = readFileSync(join(TRACES, file));
    const lines = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(0, REQUESTS);
    let [hits, savedUsd, costUsd, next] = [0, 0, 0, 0];
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (let line = lines[next++]; line !== undefined; line = lines[next++]) {
          const { hash_ids: blocks } = JSON.parse(line) as { hash_ids: number[] };
          const result = await ask('kept', `${file} ${blocks.join(' ')}`);
          if (result.said === 'hit' || result.said === 'shared') hits += 1;
          savedUsd += result.savedUsd;
          costUsd += result.costUsd;
        }
      }),
    );
    console.log(
      `${file}: ${lines.length} requests, ${hits} from the cache (${((100 * hits) / lines.length).toFixed(1)}%), saved ${savedUsd.toFixed(4)} USD of ${(savedUsd + costUsd).toFixed(4)}`,
    );
  }
}

function searchIndex(): void {
  const dimensions = 512;
  const index = createVectorIndex<number>(200_000);
  const random = () => Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);
  const centres = Array.from({ length: 300 }, random);
  const near = (of: Float32Array, noise: number) => of.map((value) => value + noise * (Math.random() - 0.5));
  const kept: Float32Array[] = [];
  for (let n = 0; n < 100_000; n++) {
    const vector = near(centres[n % 300] as Float32Array, 0.7);
    if (n < 2000) kept.push(vector);
    index.put('scope', `k${n}`, vector, n);
  }
  const times: number[] = [];
  let found = 0;
  for (let n = 0; n < 2000; n++) {
    const query = near(kept[n] as Float32Array, 0.2);
    const startedMs = performance.now();
    const hits = index.search('scope', query, 0.94, 8);
    times.push(performance.now() - startedMs);
    if (hits.some(({ item }) => item === n)) found += 1;
  }
  console.log(
    `100,000 questions in one scope: search p50 ${quantile(times, 0.5).toFixed(2)} ms, p99 ${quantile(times, 0.99).toFixed(2)} ms, found ${(100 * found) / 2000}%`,
  );
}

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { startGateway } from '../src/gateway/index.ts';

/**
 * What a cache would have saved on the Mooncake traces: `node bench/cache-trace.ts [REQUESTS]`. Replays the first 3,000 requests of each file of
 * `../shared/data/traces/mooncake` through a gateway, and prints its hit rate and what it saved of which cost. A prompt is made of its block hashes: two requests are the
 * same question when every block is.
 */
const REQUESTS = Number(process.argv[2] ?? 3000);
const TRACES = join(import.meta.dirname, '../../shared/data/traces/mooncake');
if (!existsSync(TRACES)) {
  console.log('skipped: no ../shared/data/traces/mooncake');
  process.exit(0);
}

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
const provider = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer));
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
  ]
    .map((document) => `apiVersion: signalbox/v1\n${document}\n`)
    .join('---\n'),
);
const gateway = await startGateway({
  policies: join(folder, 'policies'),
  dataDir: join(folder, 'data'),
  environment: 'development',
  port: 0,
  watch: false,
  env: {},
  log: { info: () => undefined, warn: () => undefined, error: console.error },
});
const pool = new Pool(gateway.url, { connections: 16 });
for (const file of readdirSync(TRACES).filter((name) => /\.jsonl(\.gz)?$/.test(name))) await replay(file);
await pool.close();
await gateway.close(1000);
provider.close();
rmSync(folder, { recursive: true, force: true });

async function replay(file: string): Promise<void> {
  const bytes = readFileSync(join(TRACES, file));
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.trim().split('\n').slice(0, REQUESTS);
  let [hits, savedUsd, costUsd, next] = [0, 0, 0, 0];
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let line = lines[next++]; line !== undefined; line = lines[next++]) {
        const { hash_ids: blocks } = JSON.parse(line) as { hash_ids: number[] };
        const { headers, body } = await pool.request({
          method: 'POST',
          path: '/v1/chat/completions',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'kept', messages: [{ role: 'user', content: `${file} ${blocks.join(' ')}` }] }),
        });
        await body.dump();
        if (['hit', 'shared'].includes(String(headers['x-signalbox-cache']))) hits += 1;
        savedUsd += Number(headers['x-signalbox-saved-usd'] ?? 0);
        costUsd += Number(headers['x-signalbox-cost-usd'] ?? 0);
      }
    }),
  );
  console.log(
    `${file}: ${lines.length} requests, ${hits} from the cache (${((100 * hits) / lines.length).toFixed(1)}%), saved ${savedUsd.toFixed(4)} USD of ${(savedUsd + costUsd).toFixed(4)}`,
  );
}

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { DryRunReport } from '#replay';
import { startGateway } from '../../src/gateway/index.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { runProcess } from '../support/start-process.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const MONDAY = Date.UTC(2026, 10, 16);
const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
const REQUESTS = 300;

interface Asked {
  readonly id: number;
  readonly atMs: number;
  readonly model: string;
  readonly words: number;
}

/** A number in [0, 1) that depends on its name alone. */
function drawOf(name: string): number {
  let state = 0x811c9dc5;
  for (const character of name) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193);
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
}

function questionOf(index: number): number {
  return drawOf(`again ${index}`) < 0.35 ? Math.floor(drawOf(`which ${index}`) * index) : index;
}

/** A week of questions; one in three was asked before. */
const week: readonly Asked[] = Array.from({ length: REQUESTS }, (_, index) => ({ id: questionOf(index), index })).map(
  ({ id, index }) => ({
    id,
    atMs: MONDAY + Math.floor(((index + drawOf(`at ${index}`)) / REQUESTS) * WEEK_MS),
    model: drawOf(`model ${id}`) < 0.7 ? 'house/large' : 'house/small',
    words: 50 + Math.floor(drawOf(`words ${id}`) ** 2 * 900),
  }),
);

/** A provider that answers each question at the same length for the same model; another model counts differently and is more or less wordy, question by question. */
async function startHouse(t: Cleanup): Promise<ScriptedUpstream> {
  const house = await startScriptedUpstream();
  t.after(() => house.close());
  house.otherwise(({ json }) => {
    const [, id = '', words = ''] = /^(\d+) (\d+) /.exec(json.messages[0].content) ?? [];
    const of = (low: number, high: number, what: string) =>
      json.model === 'large' ? 1 : low + drawOf(`${what} ${json.model} ${id}`) * (high - low);
    const prompt = Math.round((Number(words) * 4 + 30) * of(0.9, 1.12, 'in'));
    const completion = Math.round((20 + drawOf(`out ${id}`) * 380) * of(0.78, 1.25, 'out'));
    return {
      body: {
        id: `c${id}`,
        object: 'chat.completion',
        created: 1,
        model: json.model,
        choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Yes.' } }],
        usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
      },
    };
  });
  return house;
}

const policiesOf = (url: string) => `apiVersion: signalbox/v1
kind: Project
metadata: { name: company }
spec: { timezone: UTC, anonymous: app, recording: { sample: 100% } }
---
apiVersion: signalbox/v1
kind: Consumer
metadata: { name: app, labels: { team: product } }
---
apiVersion: signalbox/v1
kind: Provider
metadata: { name: house }
spec: { dialect: openai-chat, baseUrl: "${url}/v1", auth: { kind: none } }
---
${[
  ['large', 'frontier', '5.00', '20.00'],
  ['medium', 'standard', '2.00', '8.00'],
  ['small', 'small', '0.50', '2.00'],
]
  .map(
    ([name, tier, input, output]) => `apiVersion: signalbox/v1
kind: Model
metadata: { name: house/${name} }
spec:
  provider: house
  tier: ${tier}
  contextWindow: 100000
  maxOutput: 4096
  capabilities: [streaming, system]
  prices: [{ from: 2026-01-01, input: "${input}", output: "${output}" }]
---
`,
  )
  .join('')}apiVersion: signalbox/v1
kind: Chain
metadata: { name: large }
spec: { defaults: { timeouts: { total: 20s }, retry: { max: 0 } }, targets: [{ id: first, model: house/large }] }
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: small }
spec: { defaults: { timeouts: { total: 20s }, retry: { max: 0 } }, targets: [{ id: first, model: house/small }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: large }
spec: { match: { models: [house/large] }, chain: large, limits: { maxOutputTokens: 1000 } }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: small }
spec: { match: { models: [house/small] }, chain: small, limits: { maxOutputTokens: 1000 } }
---
apiVersion: signalbox/v1
kind: Budget
metadata: { name: app-day }
spec: { scope: { consumers: [app] }, limit: { cost: "10 USD" }, window: { every: day }, onExhausted: deny }
`;

interface Measured {
  readonly costMicroUsd: number;
  readonly denials: number;
  readonly cacheHits: number;
  readonly records: readonly string[];
}

/** Puts the week through a real gateway with these policies, on a clock that stands at each question's time. */
async function liveThrough(t: Cleanup, policies: string): Promise<Measured> {
  const dataDir = makeTempDirectory(t);
  let nowMs = MONDAY;
  const quiet = () => undefined;
  const gateway = await startGateway(
    {
      environment: 'development',
      policies: makeTempDirectory(t, { 'all.yaml': policies }),
      dataDir,
      storeUrl: 'memory:',
      port: 0,
      watch: false,
      env: {},
      log: { info: quiet, warn: quiet, error: quiet },
    },
    { nowMs: () => nowMs, draw: () => 0.5 },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let costMicroUsd = 0;
  let denials = 0;
  let cacheHits = 0;
  for (const asked of week) {
    nowMs = asked.atMs;
    const { status, headers } = await ask(gateway.port, agent, asked);
    if (status === 429) denials += 1;
    else assert.equal(status, 200);
    if (headers['x-signalbox-cache'] === 'hit') cacheHits += 1;
    costMicroUsd += Math.round(Number(headers['x-signalbox-cost-usd'] ?? 0) * 1e6);
  }
  agent.destroy();
  const { recordsDirectory } = gateway;
  await gateway.close(0);
  const directory = recordsDirectory ?? '';
  const records = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ndjson(\.gz)?$/.test(file))
    .map((file) => join(directory, file));
  return { costMicroUsd, denials, cacheHits, records };
}

function ask(port: number, agent: Agent, { id, model, words }: Asked) {
  const body = JSON.stringify({
    model,
    max_tokens: 600,
    messages: [{ role: 'user', content: `${id} ${words} ${'word '.repeat(words)}` }],
  });
  type Answer = { readonly status: number; readonly headers: Readonly<Record<string, unknown>> };
  return new Promise<Answer>((resolve, reject) => {
    const sent = httpRequest(
      {
        port,
        host: '127.0.0.1',
        path: '/v1/chat/completions',
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

async function predict(t: Cleanup, records: readonly string[], base: string, head: string): Promise<DryRunReport> {
  const cwd = makeTempDirectory(t, { 'base/all.yaml': base, 'head/all.yaml': head });
  const args = ['--policies', 'base', '--base', 'base', '--head', 'head', '--format', 'json'];
  const run = await runProcess(t, ['dry-run', '--traffic', ...records, ...args], { cwd });
  assert.equal(run.code, 0, run.stderr);
  return JSON.parse(run.stdout);
}

const cut = (text: string) => text.replace('limit: { cost: "10 USD" }', 'limit: { cost: "0.25 USD" }');
const cached = (text: string) =>
  `${text.replace('chain: large, limits', 'chain: large, cache: day, limits')}---\napiVersion: signalbox/v1\nkind: Cache\nmetadata: { name: day }\nspec: { mode: exact, ttl: 24h, maxTemperature: 2 }\n`;
const cheaper = (text: string) => text.replace('id: first, model: house/large', 'id: first, model: house/medium');

describe('a prediction', () => {
  it('of a week is borne out when the changed policies live through the same week', async (t: TestContext) => {
    const house = await startHouse(t);
    const base = policiesOf(house.url);
    const before = await liveThrough(t, base);
    assert.equal(before.denials, 0);

    const changes: readonly (readonly [string, (text: string) => string])[] = [
      ['a budget that is cut', cut],
      ['a cheaper model', cheaper],
      ['a cache on a route', cached],
      ['both', (text) => cut(cheaper(text)).replace('0.25 USD', '0.12 USD')],
    ];
    for (const [name, change] of changes) {
      const head = change(base);
      assert.notEqual(head, base);
      const report = await predict(t, before.records, base, head);
      const after = await liveThrough(t, head);
      const { cost, denials, fidelity, records } = report;
      assert.deepEqual([records.replayed, records.indeterminate, fidelity], [REQUESTS, 0, 1], name);
      assert.equal(cost.baseMicroUsd, before.costMicroUsd, `${name}: the base costs what it cost`);
      const low = cost.baseMicroUsd + cost.deltaLowMicroUsd;
      const high = cost.baseMicroUsd + cost.deltaHighMicroUsd;
      const found = `${name}: cost ${low} ≤ ${after.costMicroUsd} ≤ ${high}, denials ${denials.headLow} ≤ ${after.denials} ≤ ${denials.headHigh}, hits ${report.cacheHits.headLow} ≤ ${after.cacheHits} ≤ ${report.cacheHits.headHigh}`;
      t.diagnostic(found);
      assert.ok(low <= after.costMicroUsd && after.costMicroUsd <= high, found);
      assert.ok(denials.headLow <= after.denials && after.denials <= denials.headHigh, found);
      const { headLow, headHigh } = report.cacheHits;
      assert.ok(headLow <= after.cacheHits && after.cacheHits <= headHigh, found);
      assert.equal(after.cacheHits > 0, change === cached, found);
      // A band as wide as the week would hold anything.
      assert.ok(high - low <= 0.4 * after.costMicroUsd, found);
      assert.ok(denials.headHigh - denials.headLow <= 0.25 * REQUESTS, found);
      assert.ok(headHigh - headLow <= 0.1 * REQUESTS, found);
      if (change === cut) {
        assert.ok(after.denials > 20, found);
        assert.deepEqual(
          [low, high, denials.head],
          [after.costMicroUsd, after.costMicroUsd, after.denials],
          'exact where no other model answers',
        );
      }
    }
  });
});

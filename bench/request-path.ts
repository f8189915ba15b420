import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY, startLoadHarness } from './load-harness.ts';
import { measureInTurn, quantile } from './measure-in-turn.ts';

/**
 * CPU of one request through the whole gateway against bare node:http + undici dispatch, in one interleaved run: `node bench/request-path.ts [--rounds 5]
 * [--seconds 3] [--warm 60000] [--body small|8k|100k] [--prof DIR]`. The full path is: a key, 1,000 routes, validation, two budgets, usage, metrics, an access-log line and a
 * record. Prints the least CPU µs a request of each over the rounds (threads included) and their ratio. Upstream and load are the C programs of
 * `../shared/bench`, compiled here; without them or gcc it says so and ends. Gateway on one core, the rest on the other.
 */
const option = (name: string, byDefault: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? byDefault : (process.argv[at + 1] ?? byDefault);
};
const GOAL = 1.5;
const ROUTES = 1000;

const harness = await startLoadHarness();
if (harness === null) process.exit(0);
const { directory, providerPort } = harness;
const bodyFile = join(directory, `${option('body', 'small')}.json`);
try {
  const policies = join(directory, 'policies');
  mkdirSync(policies);
  writeFileSync(join(policies, 'all.yaml'), documents());
  const body = readFileSync(join(directory, 'small.json'), 'utf8');
  const profile = option('prof', '');
  const gateways = [
    { name: 'raw dispatch', ...(await harness.serveRaw(body)) },
    {
      name: 'signalbox',
      ...(await harness.serve({
        ...{ policies, dataDir: join(directory, 'data'), body, env: { MOCK_KEY: 'sk-mock' } },
        ...(profile === '' ? {} : { profile }),
      })),
    },
  ];
  const measured = await measureInTurn(harness, gateways, {
    bodyFile,
    rounds: Number(option('rounds', '5')),
    seconds: Number(option('seconds', '3')),
    warm: Number(option('warm', '60000')),
  });
  const [least = 0, ours = 0] = measured.map(({ runs }) => quantile(runs, 0));
  for (const { name, runs } of measured) {
    const all = runs.map((run) => run.toFixed(0)).join(', ');
    console.log(`${name.padEnd(14)}${quantile(runs, 0).toFixed(1)} µs CPU a request (${all})`);
  }
  console.log(`ratio ${(ours / least).toFixed(2)} (goal ${GOAL}: ${ours / least <= GOAL ? 'met' : 'MISSED'})`);
} finally {
  await harness.close();
}

function documents(): string {
  const routes = Array.from(
    { length: ROUTES },
    (_, at) => `kind: Route\nmetadata: { name: r${at} }\nspec: { match: { models: [model-${at}] }, chain: main }`,
  );
  return [
    'kind: Project\nmetadata: { name: bench }\nspec: { requires: ">=0.1 <2", timezone: UTC }',
    'kind: Environment\nmetadata: { name: production }\nspec: {}',
    `kind: Provider\nmetadata: { name: mock }\nspec: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${providerPort}/v1", auth: { kind: bearer, secret: { env: MOCK_KEY } } }`,
    'kind: Model\nmetadata: { name: mock/gpt }\nspec: { provider: mock, upstreamName: gpt-4o-mini, tier: small, contextWindow: 128000, maxOutput: 16384, capabilities: [tools, streaming, system], prices: [{ from: 2026-01-01, input: "0.15", output: "0.60", source: bench, readAt: 2026-01-01 }] }',
    'kind: Chain\nmetadata: { name: main }\nspec: { targets: [{ id: gpt, model: mock/gpt }] }',
    `kind: Consumer\nmetadata: { name: app, labels: { team: product } }\nspec: { keys: [{ id: k1, sha256: ${hash('sha256', KEY)}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }`,
    'kind: Budget\nmetadata: { name: month }\nspec: { scope: { consumers: [app] }, limit: { cost: "1000000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }',
    'kind: Budget\nmetadata: { name: minute }\nspec: { scope: { consumers: [app] }, limit: { requests: 100000000 }, window: { rolling: 1m }, onExhausted: deny }',
    'kind: Route\nmetadata: { name: main }\nspec: { match: { models: [gpt-4o-mini] }, chain: main }',
    ...routes,
  ]
    .map((text) => `apiVersion: signalbox/v1\n${text}`)
    .join('\n---\n');
}

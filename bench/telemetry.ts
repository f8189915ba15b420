import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { KEY, type Served, startLoadHarness } from './load-harness.ts';
import { measureInTurn, quantile, ratios } from './measure-in-turn.ts';

/**
 * What telemetry adds to the CPU of a request: `node bench/telemetry.ts [--rounds 40] [--seconds 0.5] [--warm 20000] [--body small|8k|100k] [--only off,all] [--against CHECKOUT] [--prof DIR]`. One gateway with
 * everything off, one with traces (10 % sampled, over OTLP to a collector), metrics and decision records, and one with each alone, loaded in turn in one interleaved run. Prints CPU µs a
 * request, the least and the lower quarter of the rounds, and what each adds by those two and by the median of the rounds' own ratios; the access log is written by all. Without `../shared/bench` or gcc it says so and ends. The gateway is on one core,
 * load, upstream and collector on the other. With `--against`, the chosen variants of another checkout run beside, in the same rounds.
 */
const option = (name: string, byDefault: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? byDefault : (process.argv[at + 1] ?? byDefault);
};
const GOAL = 0.25;

const collector = createServer((request, response) => {
  request.resume();
  request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
});
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
// Every slice of the run has its share of exports.
const traces = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '500' };
const metrics = { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${endpoint}/v1/metrics`, OTEL_METRIC_EXPORT_INTERVAL: '1000' };
const off = { OTEL_SDK_DISABLED: 'true' };

const VARIANTS: readonly { readonly name: string; readonly records: string; readonly env: NodeJS.ProcessEnv }[] = [
  { name: 'off', records: '0%', env: off },
  { name: 'records', records: '100%', env: off },
  { name: 'metrics', records: '0%', env: metrics },
  { name: 'metrics, traces', records: '0%', env: { ...metrics, ...traces } },
  { name: 'all', records: '100%', env: { ...metrics, ...traces } },
  {
    name: 'all, log to OTLP',
    records: '100%',
    env: { ...metrics, ...traces, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${endpoint}/v1/logs` },
  },
];

const harness = await startLoadHarness();
if (harness === null) process.exit(0);
const { directory, providerPort } = harness;
const bodyFile = join(directory, `${option('body', 'small')}.json`);
try {
  const only = option('only', '');
  const chosen = VARIANTS.filter(({ name }) => only === '' || only.split(',').includes(name));
  const against = option('against', '');
  const checkouts = against === '' ? [null] : [null, against];
  const started = checkouts.flatMap((checkout) => chosen.map((variant) => ({ ...variant, checkout })));
  const gateways: (Served & { readonly name: string })[] = [];
  for (const [at, { name: variant, records, env, checkout }] of started.entries()) {
    const name = checkout === null ? variant : `other: ${variant}`;
    const policies = join(directory, `policies-${at}`);
    mkdirSync(policies);
    writeFileSync(join(policies, 'all.yaml'), documents(records));
    const profile = option('prof', '');
    const served = await harness.serve({
      policies,
      dataDir: join(directory, `data-${at}`),
      body: readFileSync(bodyFile, 'utf8'),
      env: { MOCK_KEY: 'sk-mock', ...env },
      ...(checkout === null ? {} : { checkout }),
      ...(profile === '' ? {} : { profile: join(profile, name) }),
    });
    gateways.push({ ...served, name });
  }
  const measured = await measureInTurn(harness, gateways, {
    bodyFile,
    rounds: Number(option('rounds', '40')),
    seconds: Number(option('seconds', '0.5')),
    warm: Number(option('warm', '20000')),
  });
  const runsOf = (name: string) => measured.find((each) => each.name === name)?.runs ?? [];
  const percent = (ratio: number) => `${((ratio - 1) * 100).toFixed(0)} %`.padStart(5);
  for (const { name, runs } of measured) {
    const base = runsOf(name.startsWith('other: ') ? 'other: off' : 'off');
    const [least, low] = [quantile(runs, 0), quantile(runs, 0.25)];
    const median = quantile(ratios(runs, base), 0.5);
    console.log(
      `${name.padEnd(23)}least ${least.toFixed(1).padStart(6)}, lower quarter ${low.toFixed(1).padStart(6)} µs CPU a request` +
        `   adds ${percent(least / quantile(base, 0))}, ${percent(low / quantile(base, 0.25))}, median of ratios ${percent(median)}`,
    );
  }
  const added = quantile(runsOf('all'), 0.25) / quantile(runsOf('off'), 0.25) - 1;
  console.log(`all adds ${(added * 100).toFixed(1)} % (goal ${GOAL * 100} %: ${added <= GOAL ? 'met' : 'MISSED'})`);
} finally {
  await harness.close();
  collector.close();
  collector.closeAllConnections();
}

function documents(records: string): string {
  return [
    `kind: Project\nmetadata: { name: bench }\nspec: { requires: ">=0.1 <2", timezone: UTC, recording: { sample: ${records} }, telemetry: { traceSample: 10% } }`,
    'kind: Environment\nmetadata: { name: production }\nspec: {}',
    `kind: Provider\nmetadata: { name: mock }\nspec: { dialect: openai-chat, baseUrl: "http://127.0.0.1:${providerPort}/v1", auth: { kind: bearer, secret: { env: MOCK_KEY } } }`,
    'kind: Model\nmetadata: { name: mock/gpt }\nspec: { provider: mock, upstreamName: gpt-4o-mini, tier: small, contextWindow: 128000, maxOutput: 16384, capabilities: [tools, streaming, system], prices: [{ from: 2026-01-01, input: "0.15", output: "0.60", source: bench, readAt: 2026-01-01 }] }',
    'kind: Chain\nmetadata: { name: main }\nspec: { targets: [{ id: gpt, model: mock/gpt }] }',
    `kind: Consumer\nmetadata: { name: app, labels: { team: product } }\nspec: { keys: [{ id: k1, sha256: ${hash('sha256', KEY)}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }`,
    'kind: Budget\nmetadata: { name: month }\nspec: { scope: { consumers: [app] }, limit: { cost: "1000000 USD" }, window: { every: month, timezone: UTC }, onExhausted: deny }',
    'kind: Budget\nmetadata: { name: minute }\nspec: { scope: { consumers: [app] }, limit: { requests: 100000000 }, window: { rolling: 1m }, onExhausted: deny }',
    'kind: Route\nmetadata: { name: main }\nspec: { match: { models: [gpt-4o-mini] }, chain: main }',
  ]
    .map((text) => `apiVersion: signalbox/v1\n${text}`)
    .join('\n---\n');
}

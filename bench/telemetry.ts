import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Served, startLoadHarness } from './load-harness.ts';
import { measureInTurn, quantile, ratios } from './measure-in-turn.ts';
import { startCollector, telemetryPolicies } from './telemetry-world.ts';

/**
 * What telemetry adds to the CPU of a request: `node bench/telemetry.ts [--generations 5] [--rounds 20] [--seconds 0.5] [--warm 20000] [--body small|8k|100k] [--only off,all] [--against CHECKOUT] [--prof DIR]`.
 * One gateway with everything off, one with traces (10 % sampled, over OTLP to a collector), metrics and decision records, and one with each alone, loaded in turn in one interleaved run; the access log is written by
 * all. A process keeps for its life what V8 compiled first and where its heap lies, and two of the same sources differ by a tenth: so each generation begins with new processes, in the other order. Prints the
 * lower quarter of a variant's rounds, CPU µs a request, for each generation, and what it adds to `off` of the same generation: the median, the least and the most. Without `../shared/bench` or gcc it
 * says so and ends. The gateway is on one core, load, upstream and collector on the other. With `--against`, the chosen variants of another checkout run beside, in the same rounds.
 */
const option = (name: string, byDefault: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? byDefault : (process.argv[at + 1] ?? byDefault);
};
const GOAL = 0.25;

const collector = await startCollector();
const off = { OTEL_SDK_DISABLED: 'true' };
const { metrics, traces } = collector;

const VARIANTS: readonly { readonly name: string; readonly records: string; readonly env: NodeJS.ProcessEnv }[] = [
  { name: 'off', records: '0%', env: off },
  { name: 'records', records: '100%', env: off },
  { name: 'metrics', records: '0%', env: metrics },
  { name: 'metrics, traces', records: '0%', env: { ...metrics, ...traces } },
  { name: 'all', records: '100%', env: { ...metrics, ...traces } },
  {
    name: 'all, log to OTLP',
    records: '100%',
    env: { ...metrics, ...traces, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${collector.endpoint}/v1/logs` },
  },
];

const harness = await startLoadHarness();
if (harness === null) process.exit(0);
const { directory, providerPort } = harness;
const bodyFile = join(directory, `${option('body', 'small')}.json`);
const only = option('only', '');
const against = option('against', '');
const started = [null, ...(against === '' ? [] : [against])].flatMap((checkout) =>
  VARIANTS.filter(({ name }) => only === '' || only.split(',').includes(name)).map((variant) => ({
    ...variant,
    name: checkout === null ? variant.name : `other: ${variant.name}`,
    checkout,
  })),
);
/** By variant, the lower quarter of each generation. */
const micros = new Map<string, number[]>(started.map(({ name }) => [name, []]));
try {
  for (let generation = 0; generation < Number(option('generations', '5')); generation++) {
    const inOrder = generation % 2 === 0 ? started : started.toReversed();
    const gateways = await serveAll(inOrder, generation);
    const measured = await measureInTurn(harness, gateways, {
      bodyFile,
      rounds: Number(option('rounds', '20')),
      seconds: Number(option('seconds', '0.5')),
      warm: Number(option('warm', '20000')),
    });
    for (const { name, runs } of measured) micros.get(name)?.push(quantile(runs, 0.25));
    await Promise.all(gateways.map(({ stop }) => stop()));
  }
  for (const [name, each] of micros) {
    const added = ratios(each, micros.get(name.startsWith('other: ') ? 'other: off' : 'off') ?? []);
    console.log(
      `${name.padEnd(23)}${each.map((value) => value.toFixed(0).padStart(5)).join('')} µs CPU a request   adds ` +
        `${percent(quantile(added, 0.5))} (${percent(quantile(added, 0))} to ${percent(quantile(added, 1))})`,
    );
  }
  const added = quantile(ratios(micros.get('all') ?? [], micros.get('off') ?? []), 0.5) - 1;
  console.log(`all adds ${(added * 100).toFixed(1)} % (goal ${GOAL * 100} %: ${added <= GOAL ? 'met' : 'MISSED'})`);
} finally {
  await harness.close();
  collector.close();
}

async function serveAll(
  variants: typeof started,
  generation: number,
): Promise<readonly (Served & { readonly name: string })[]> {
  const gateways: (Served & { readonly name: string })[] = [];
  const profile = option('prof', '');
  for (const { name, records, env, checkout } of variants) {
    const own = join(directory, `${generation}-${gateways.length}`);
    mkdirSync(join(own, 'policies'), { recursive: true });
    writeFileSync(join(own, 'policies/all.yaml'), telemetryPolicies(providerPort, { records }));
    const served = await harness?.serve({
      policies: join(own, 'policies'),
      dataDir: join(own, 'data'),
      body: readFileSync(bodyFile, 'utf8'),
      env: { MOCK_KEY: 'sk-mock', ...env },
      ...(checkout === null ? {} : { checkout }),
      ...(profile === '' ? {} : { profile: join(profile, name) }),
    });
    if (served !== undefined) gateways.push({ ...served, name });
  }
  return gateways;
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(0)} %`;
}

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Served, startLoadHarness } from './load-harness.ts';
import { quantile, ratios } from './measure-in-turn.ts';
import { startCollector, telemetryPolicies } from './telemetry-world.ts';

/**
 * What traces (10 % sampled) and decision records add to the CPU of a request, in one process that a reload of its policies switches between them and none: `node bench/telemetry-switched.ts
 * [--processes 4] [--rounds 30] [--seconds 0.5] [--warm 30000]`. Two processes of the same sources differ by a tenth and more; one has its compiled code and its heap in both states. Metrics are
 * on in both, as no policy turns them off. Prints for each process the lower quarter of its rounds in both states, CPU µs a request, and what the one adds; last a process whose reloads
 * change nothing, which shows what the figures are worth.
 */
const option = (name: string, byDefault: number) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? byDefault : Number(process.argv[at + 1]);
};
const TOKEN = 'bench-token';
const OFF = { records: '0%', traceSample: '0%' };
const ON = { records: '100%', traceSample: '10%' };

const harness = await startLoadHarness();
if (harness === null) process.exit(0);
const { directory, providerPort, load } = harness;
const bodyFile = join(directory, 'small.json');
const collector = await startCollector();
const seconds = option('seconds', 0.5);
try {
  for (let at = 0; at < option('processes', 4); at++) await measure(`process ${at + 1}`, ON);
  await measure('switched to no effect', OFF);
} finally {
  await harness.close();
  collector.close();
}

async function measure(name: string, on: typeof ON): Promise<void> {
  const own = join(directory, name.replaceAll(' ', '-'));
  const file = join(own, 'policies/all.yaml');
  mkdirSync(join(own, 'policies'), { recursive: true });
  writeFileSync(file, telemetryPolicies(providerPort, on));
  const gateway = await harness?.serve({
    policies: join(own, 'policies'),
    dataDir: join(own, 'data'),
    body: readFileSync(bodyFile, 'utf8'),
    env: { MOCK_KEY: 'sk-mock', SIGNALBOX_ADMIN_TOKEN: TOKEN, ...collector.metrics, ...collector.traces },
  });
  if (gateway === undefined) return;
  for (let warmed = 0; warmed < option('warm', 30_000); ) warmed += await loaded(gateway.port);
  for (const state of [OFF, on]) {
    await reload(gateway, file, state);
    for (let turn = 0; turn < 4; turn++) await loaded(gateway.port);
  }
  const runs: { readonly on: number[]; readonly off: number[] } = { on: [], off: [] };
  for (let round = 0; round < option('rounds', 30); round++) {
    for (const state of round % 2 === 0 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
      await reload(gateway, file, state === 'on' ? on : OFF);
      // What a reload leaves to be done is not measured.
      await load(gateway.port, { bodyFile, seconds: 0.2 });
      const before = gateway.cpuMicros();
      const ok = await loaded(gateway.port);
      runs[state].push((gateway.cpuMicros() - before) / ok);
    }
  }
  await gateway.stop();
  const [low, base] = [quantile(runs.on, 0.25), quantile(runs.off, 0.25)];
  const median = quantile(ratios(runs.on, runs.off), 0.5);
  console.log(
    `${name.padEnd(22)} off ${base.toFixed(0)}, on ${low.toFixed(0)} µs CPU a request   adds ${((low / base - 1) * 100).toFixed(0)} %, by the median of the rounds' ratios ${((median - 1) * 100).toFixed(0)} %`,
  );
}

async function loaded(port: number): Promise<number> {
  return (await load(port, { bodyFile, seconds })).ok;
}

async function reload({ port }: Served, file: string, state: typeof ON): Promise<void> {
  writeFileSync(file, telemetryPolicies(providerPort, state));
  const answer = await fetch(`http://127.0.0.1:${port}/admin/reload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  if (!answer.ok) throw new Error(`the reload was answered ${answer.status}: ${await answer.text()}`);
}

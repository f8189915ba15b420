import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Agent, request } from 'undici';
import { findFreePort } from '../test/support/free-port.ts';
import { startGateway } from '../test/support/start-process.ts';
import { makeTempDirectory } from '../test/support/temp-directory.ts';

/**
 * Load on a gateway whose collector and SMTP server cannot be reached, with every request traced and an alert that fires and ends all the time:
 * `node scripts/soak-telemetry.ts [minutes 10] [requests a second 100]`. Every half minute the gateway collects all its garbage and tells what is left, so that what is held is told
 * from what is not collected yet. Ends with 1 unless what is held, and what is resident, is at its least in the last third within 5 and 10 % of the middle third's (the first third warms up:
 * caches, compiled code, the heap's own size).
 */
const minutes = Number(process.argv[2] ?? 10);
const perSecond = Number(process.argv[3] ?? 100);
const SAMPLE_MS = 30_000;
const MIB = 2 ** 20;
const cleanups: (() => void | Promise<void>)[] = [];
const cleanup = { after: (clean: () => void | Promise<void>) => void cleanups.push(clean) };
const head = (kind: string, name: string) => `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;

const POLICIES = {
  'policies/signalbox.yaml': `${head('Project', 'soak')}spec:
  anonymous: guest
  mail: { from: "Signalbox <signalbox@example.com>", server: { env: SMTP_URL } }
  telemetry: { traceSample: 100% }
`,
  'policies/guest.yaml': `${head('Consumer', 'guest')}spec: { keys: [] }\n`,
  'policies/chain.yaml': `${head('Chain', 'main')}spec: { targets: [{ id: echo, model: sandbox/echo }] }\n`,
  'policies/route.yaml': `${head('Route', 'default')}spec: { match: {}, chain: main }\n`,
  'policies/ops.yaml': `${head('Receiver', 'ops')}spec: { email: { to: [ops@example.com] }, limit: { max: 1000, per: 1h } }\n`,
  'policies/alert.yaml': `${head('Alert', 'errors')}spec: { when: { metric: error-rate, above: 5%, over: 10s, minRequests: 5 }, to: [ops], repeatEvery: 1m }\n`,
};

type Usage = NodeJS.MemoryUsage;
type Sample = { readonly before: Usage; readonly after: Usage };

function samplesIn(file: string): readonly Sample[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Sample);
}

function lineOf({ before, after }: Sample, at: number): string {
  const mib = (bytes: number) => (bytes / MIB).toFixed(1).padStart(6);
  return (
    `${((at + 1) * SAMPLE_MS) / 60_000} min: heap ${mib(after.heapUsed)}, external ${mib(after.external)}, of it buffers ${mib(after.arrayBuffers)}, resident ${mib(after.rss)} MiB` +
    ` (before the collection: heap ${mib(before.heapUsed)}, resident ${mib(before.rss)})\n`
  );
}

/** The least of each of the two last thirds, in MiB. */
function thirds(samples: readonly Sample[], read: (usage: Usage) => number): readonly [number, number] {
  const third = Math.floor(samples.length / 3);
  const least = (part: readonly Sample[]) => Math.min(...part.map(({ after }) => read(after))) / MIB;
  return [least(samples.slice(third, 2 * third)), least(samples.slice(2 * third))];
}

try {
  const [collector, smtp] = await Promise.all([findFreePort(), findFreePort()]);
  const cwd = makeTempDirectory(cleanup, POLICIES);
  const probeFile = join(cwd, 'memory.ndjson');
  const probe = pathToFileURL(join(import.meta.dirname, 'soak/memory-probe.ts'));
  const gateway = await startGateway(cleanup, ['--env', 'development'], {
    cwd,
    env: {
      NODE_OPTIONS: `--expose-gc --import ${probe.href}`,
      MEMORY_PROBE_FILE: probeFile,
      SMTP_URL: `smtp://127.0.0.1:${smtp}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector}`,
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
    },
  });
  const agent = new Agent({ connections: 16 });
  const seen = { ok: 0, failed: 0, other: 0 };
  const ask = async (isFailing: boolean) => {
    const answer = await request(`${gateway.url}/v1/chat/completions`, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(isFailing ? { 'x-signalbox-metadata': '{"sandbox":"fail:503"}' } : {}),
      },
      body: '{"model":"sandbox/echo","messages":[{"role":"user","content":"Hello"}]}',
    });
    await answer.body.dump();
    seen[answer.statusCode === 200 ? 'ok' : isFailing ? 'failed' : 'other'] += 1;
  };

  const startedMs = performance.now();
  const endMs = startedMs + minutes * 60_000;
  let printed = 0;
  let sent = 0;
  let nextSampleMs = startedMs + SAMPLE_MS;
  while (performance.now() < endMs) {
    const nowMs = performance.now();
    // Half a minute with errors, half a minute without: an incident begins and ends every minute.
    const isBad = Math.floor((nowMs - startedMs) / 30_000) % 2 === 0;
    const due = Math.min(200, Math.floor(((nowMs - startedMs) / 1000) * perSecond) - sent);
    await Promise.all(Array.from({ length: due }, (_, n) => ask(isBad && n % 4 === 0)));
    sent += due;
    if (nowMs >= nextSampleMs) {
      nextSampleMs += SAMPLE_MS;
      gateway.child.kill('SIGUSR2');
      for (const sample of samplesIn(probeFile).slice(printed)) process.stdout.write(lineOf(sample, printed++));
    }
    await setTimeout(20);
  }
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const alerts = (await (await fetch(`${gateway.url}/admin/alerts`)).json()) as { readonly outbox: unknown };
  const samples = samplesIn(probeFile);
  const held = thirds(samples, ({ heapUsed, external }) => heapUsed + external);
  const resident = thirds(samples, ({ rss }) => rss);
  const isFlat = held[1] <= held[0] * 1.05 && resident[1] <= resident[0] * 1.1;
  const told = ([middle, last]: readonly [number, number]) =>
    `middle third ${middle.toFixed(1)}, last third ${last.toFixed(1)} MiB`;
  process.stdout.write(
    `${JSON.stringify(seen)}\n${metrics.match(/^signalbox_telemetry_dropped_total.*$/gm)?.join('\n')}\noutbox ${JSON.stringify(alerts.outbox)}\n` +
      `least held: ${told(held)}; least resident: ${told(resident)}: ${isFlat ? 'flat' : 'GROWING'}\n`,
  );
  if (!isFlat || seen.other > 0) process.exitCode = 1;
  await agent.close();
} finally {
  for (const clean of cleanups.reverse()) await clean();
}

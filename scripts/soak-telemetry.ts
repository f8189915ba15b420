import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { findFreePort } from '../test/support/free-port.ts';
import { startGateway } from '../test/support/start-process.ts';
import { makeTempDirectory } from '../test/support/temp-directory.ts';

/**
 * Load on a gateway whose collector and SMTP server cannot be reached, with every request traced and an alert that fires and ends all the time:
 * `node scripts/soak-telemetry.ts [minutes 10] [requests a second 100]`. Prints memory every half minute; ends with 1 unless the least memory of the last third is within 10 %
 * of the middle third's (the first third warms up: caches, compiled code, the heap's own size).
 */
const minutes = Number(process.argv[2] ?? 10);
const perSecond = Number(process.argv[3] ?? 100);
const SAMPLE_MS = 5000;
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

function rssMiB(pid: number): number {
  const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  return readdirSync(`/proc/${pid}/task`)
    .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean))
    .reduce((sum, child) => sum + rssMiB(Number(child)), own);
}

try {
  const [collector, smtp] = await Promise.all([findFreePort(), findFreePort()]);
  const gateway = await startGateway(cleanup, ['--env', 'development'], {
    cwd: makeTempDirectory(cleanup, POLICIES),
    env: {
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
  const samples: number[] = [];
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
      samples.push(rssMiB(gateway.child.pid ?? 0));
      if (samples.length % 6 === 0)
        process.stdout.write(`${samples.length / 12} min: ${samples.at(-1)?.toFixed(0)} MiB\n`);
    }
    await setTimeout(20);
  }
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  const alerts = (await (await fetch(`${gateway.url}/admin/alerts`)).json()) as { readonly outbox: unknown };
  const third = Math.floor(samples.length / 3);
  const [middle, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)].map((part) => Math.min(...part));
  const isFlat = (last ?? Number.POSITIVE_INFINITY) <= (middle ?? 0) * 1.1;
  process.stdout.write(
    `${JSON.stringify(seen)}\n${metrics.match(/^signalbox_telemetry_dropped_total.*$/gm)?.join('\n')}\noutbox ${JSON.stringify(alerts.outbox)}\n` +
      `least memory: middle third ${middle?.toFixed(1)} MiB, last third ${last?.toFixed(1)} MiB: ${isFlat ? 'flat' : 'GROWING'}\n`,
  );
  if (!isFlat || seen.other > 0) process.exitCode = 1;
  await agent.close();
} finally {
  for (const clean of cleanups.reverse()) await clean();
}

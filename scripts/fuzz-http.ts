import { runFuzz } from '../test/support/run-fuzz.ts';
import { startFuzzedGateway } from '../test/support/start-fuzzed-gateway.ts';

/** `node scripts/fuzz-http.ts [COUNT] [SEED]`: sends broken requests to a gateway; prints each failure with its seed, statuses and memory. Exits 1 where one failed. */
const count = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);
const cleaning: (() => void | Promise<void>)[] = [];
const gateway = await startFuzzedGateway({ after: (clean) => void cleaning.unshift(clean) });
const rss = () => Math.round(process.memoryUsage().rss / 1_048_576);
const startedMs = performance.now();
const memory: string[] = [];
const run = await runFuzz(gateway.port, seed, count, (inputs) => {
  if (inputs % Math.max(1, Math.floor(count / 10)) !== 0) return;
  memory.push(`${rss()} MiB`);
  process.stderr.write(`${inputs} inputs, ${rss()} MiB\n`);
});
for (const clean of cleaning) await clean();
const seconds = Math.round((performance.now() - startedMs) / 1000);
process.stdout.write(
  `${run.inputs} inputs from seed ${seed} in ${seconds} s\nstatuses ${JSON.stringify(run.statuses)}\nmemory ${memory.join(', ')}\n`,
);
for (const failure of run.failures) process.stdout.write(`seed ${failure.seed}: ${failure.what}\n`);
for (const { text, fields } of gateway.errors)
  process.stdout.write(`logged: ${text} ${JSON.stringify(fields, errorText)}\n`);
process.exitCode = run.failures.length + gateway.errors.length === 0 ? 0 : 1;

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? value.stack : value;
}

import { join } from 'node:path';
import { runPolicyFuzz } from '../test/support/run-policy-fuzz.ts';

/** `node scripts/fuzz-policies.ts [COUNT] [SEED]`: breaks the shipped policies file by file; prints each failure with its seed, the slowest and memory. Exits 1 where one failed. */
const count = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? 1);
const memory: string[] = [];
const startedMs = performance.now();
const run = await runPolicyFuzz(join(import.meta.dirname, '../policies'), seed, count, (inputs) => {
  if (inputs % Math.max(1, Math.floor(count / 10)) !== 0) return;
  memory.push(`${Math.round(process.memoryUsage().rss / 1_048_576)} MiB`);
  process.stderr.write(`${inputs} inputs, ${memory.at(-1)}\n`);
});
const seconds = Math.round((performance.now() - startedMs) / 1000);
process.stdout.write(
  `${run.inputs} inputs from seed ${seed} in ${seconds} s: ${run.served} served, ${run.refused} refused\n` +
    `slowest ${Math.round(run.slowestMs)} ms (seed ${run.slowestSeed}); memory ${memory.join(', ')}\n`,
);
for (const failure of run.failures) process.stdout.write(`seed ${failure.seed}: ${failure.what}\n`);
process.exitCode = run.failures.length === 0 ? 0 : 1;

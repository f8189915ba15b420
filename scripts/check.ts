import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Every static check, all of them even after a failure, so that one run names every problem. */
const stages = [
  { name: 'format and lint', command: 'biome', args: ['ci', '.'] },
  { name: 'types', command: 'tsc', args: ['--noEmit', '-p', '.'] },
  { name: 'generated files', command: 'node', args: ['scripts/generate.ts', '--check'] },
  { name: 'architecture', command: 'node', args: ['--test', '--test-reporter=dot', 'test/architecture.test.ts'] },
];
const root = join(import.meta.dirname, '..');
const failed: string[] = [];

for (const { name, command, args } of stages) {
  const startedMs = performance.now();
  const run = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const isPassed = run.status === 0;
  process.stdout.write(`${isPassed ? 'passed' : 'FAILED'}: ${name} (${seconds} s)\n`);
  if (run.error !== undefined) process.stdout.write(`  ${run.error.message}: run it as "npm run check"\n`);
  if (!isPassed) failed.push(name);
}

if (failed.length > 0) {
  process.stderr.write(`failed checks: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}

import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';

/** Runs every generator; with `--check` each compares instead of writing, and one difference fails the run. */
const root = join(import.meta.dirname, '..');
const generators = globSync('scripts/generate-*.ts', { cwd: root }).sort();
const stale: string[] = [];

for (const generator of generators) {
  const run = spawnSync(process.execPath, [generator, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
  if (run.status !== 0) stale.push(generator);
}

if (stale.length > 0) {
  process.stderr.write(`failed: ${stale.join(', ')}; "npm run generate" writes the files anew\n`);
  process.exitCode = 1;
}

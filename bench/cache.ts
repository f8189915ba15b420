import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * All that is measured of the cache, one after the other and each in a process of its own: `node bench/cache.ts`. What a hit costs beside the upstream path
 * ([cache-hits](cache-hits.ts)), searches by meaning in 100,000 questions ([cache-index](cache-index.ts)), hit rate and saving on recorded traces ([cache-trace](cache-trace.ts)).
 */
for (const name of ['cache-hits', 'cache-index', 'cache-trace']) {
  console.log(`-- ${name}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

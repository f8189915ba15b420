import { writeFileSync } from 'node:fs';

/**
 * Loaded before a program (`--expose-gc --import`): on SIGUSR2 it collects all garbage and appends one line of JSON to `MEMORY_PROBE_FILE`: bytes in use before and after.
 * What is left after a full collection is held by something; only that can be a leak.
 */
const file = process.env.MEMORY_PROBE_FILE;
if (file !== undefined) {
  process.on('SIGUSR2', () => {
    const before = process.memoryUsage();
    global.gc?.();
    global.gc?.();
    writeFileSync(file, `${JSON.stringify({ before, after: process.memoryUsage() })}\n`, { flag: 'a' });
  });
}

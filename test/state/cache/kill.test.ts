import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { it } from 'node:test';
import { Redis } from 'ioredis';
import { createAnswerStore } from '../../../src/state/index.ts';
import { requireProgram } from '../../support/skip.ts';
import { startRedis, until } from '../../support/start-redis.ts';
import { type Cleanup, makeTempDirectory } from '../../support/temp-directory.ts';

const keyOf = (n: number) => n.toString(16).padStart(64, '0');

/** Starts a process that writes answers for ever, and comes back while it does. */
async function startWriter(t: Cleanup, dataDir: string, url = '') {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), dataDir, url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

/** Counts the answers that are there, each of which must be whole. */
async function countWhole(dataDir: string, url: string | null = null): Promise<number> {
  const store = await createAnswerStore({ url, dataDir, nowMs: Date.now });
  let found = 0;
  for (let n = 0; n < 200; n++) {
    const answer = await store.get(keyOf(n));
    if (answer === null) continue;
    found += 1;
    assert.match(answer.text, /^\d+:x+:end$/);
  }
  await store.close();
  return found;
}

it('after kill -9 in the middle of writing the store opens clean, and every answer in it is whole', async (t) => {
  const dataDir = makeTempDirectory(t);
  for (let round = 0; round < 4; round++) {
    const child = await startWriter(t, dataDir);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const found = await countWhole(dataDir);
    assert.ok(found >= 50, `${found} answers survived round ${round}`);
  }
});

it('over Redis the same, whether the gateway or the server is killed, and a purge finds every answer', async (t) => {
  const program = requireProgram(t, 'redis-server');
  if (program === undefined) return;
  const server = await startRedis(t, program);
  const dataDir = makeTempDirectory(t);
  for (const killed of ['gateway', 'server', 'gateway', 'server']) {
    const child = await startWriter(t, dataDir, server.url);
    if (killed === 'server') await server.stop('SIGKILL');
    child.kill('SIGKILL');
    await once(child, 'exit');
    if (killed === 'server') await server.start();
    await until(async () => (await countWhole(dataDir, server.url)) >= 50);
    const store = await createAnswerStore({ url: server.url, dataDir, nowMs: Date.now });
    await store.purge({});
    await store.close();
    const redis = new Redis(server.url);
    assert.deepEqual(await redis.keys('*:answer:*'), [], `killed: ${killed}`);
    redis.disconnect();
  }
});

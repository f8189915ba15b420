import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Agent } from 'undici';
import { requireProgram } from '../support/skip.ts';
import { startGateway } from '../support/start-process.ts';
import { startRedis, until } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { accounted, ask, policyTree, standingOf, WORST_MICRO_USD } from './stream-rush.ts';

const FILES = policyTree(
  '{ limit: { cost: "1000 USD" }, window: { every: quarter, timezone: UTC }, onExhausted: deny, lease: 1s, onLeaseExpiry: settle }',
);
const UNDER_WAY = 3;

/** Leaves behind what kill -9 does in the middle of a few streams. */
async function killInTheMiddle(t: TestContext, cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const gateway = await startGateway(t, [], { cwd, env });
  const agent = new Agent({ connections: UNDER_WAY, pipelining: 1 });
  const asked = Array.from({ length: UNDER_WAY }, () => ask(gateway.url, 'words:80, pace:500ms', agent));
  for (const one of asked) one.catch(() => undefined);
  await until(async () => (await standingOf(gateway.url, 'tight')).held === UNDER_WAY * WORST_MICRO_USD);
  gateway.child.kill('SIGKILL');
  assert.equal((await gateway.ended).signal, 'SIGKILL');
  await agent.destroy();
}

describe('what the end of a lease charges stands in the usage ledger, once', () => {
  it('after a kill, in the embedded ledger', async (t) => {
    const cwd = makeTempDirectory(t, FILES);
    await killInTheMiddle(t, cwd, {});
    for (const start of ['first', 'second']) {
      const again = await startGateway(t, [], { cwd });
      await until(async () => (await standingOf(again.url, 'tight')).held === 0);
      const { spent } = await standingOf(again.url, 'tight');
      const expected = { requests: UNDER_WAY, costMicroUsd: UNDER_WAY * WORST_MICRO_USD, estimated: UNDER_WAY };
      assert.equal(spent, expected.costMicroUsd);
      assert.deepEqual(await accounted([again.url]), expected, `${start} start`);
      await again.stop();
    }
  });

  it('after a kill, when three replicas over Redis sweep at once', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const { url } = await startRedis(t, program);
    const env = { SIGNALBOX_REDIS_URL: `${url}?timeout=10000` };
    await killInTheMiddle(t, makeTempDirectory(t, FILES), env);
    const replicas = await Promise.all(
      [1, 2, 3].map(() => startGateway(t, [], { cwd: makeTempDirectory(t, FILES), env })),
    );
    const urls = replicas.map((replica) => replica.url);
    await until(async () => (await standingOf(urls[0] ?? '', 'tight')).held === 0);
    assert.equal((await standingOf(urls[0] ?? '', 'tight')).spent, UNDER_WAY * WORST_MICRO_USD);
    assert.deepEqual(await accounted(urls), {
      requests: UNDER_WAY,
      costMicroUsd: UNDER_WAY * WORST_MICRO_USD,
      estimated: UNDER_WAY,
    });
  });
});

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createBoard } from '../../src/state/index.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

/** Two processes on one board. */
async function pair(t: TestContext, kind: 'sqlite' | 'redis') {
  const program = kind === 'redis' ? requireProgram(t, 'redis-server') : 'none';
  if (program === undefined) return null;
  const url = kind === 'redis' ? (await startRedis(t, program)).url : null;
  const clock = { nowMs: Date.now() };
  const options = { url, dataDir: makeTempDirectory(t), nowMs: () => clock.nowMs };
  const boards = [await createBoard(options), await createBoard(options)] as const;
  for (const board of boards) t.after(() => board.close());
  return { clock, boards };
}

describe('the board of alerts', () => {
  for (const kind of ['sqlite', 'redis'] as const) {
    it(`has one leader and the same notes for all (${kind})`, async (t) => {
      const world = await pair(t, kind);
      if (world === null) return;
      const { clock, boards } = world;
      const [one, two] = boards;
      assert.deepEqual([await one.lead('one', 60_000), await two.lead('two', 60_000)], [true, false]);
      assert.deepEqual([await two.lead('two', 60_000), await one.lead('one', 60_000)], [false, true]);
      await one.put('a', 'first', 1000);
      await two.put('a', 'second', 1000);
      await two.put('b', 'longer', 5000);
      assert.deepEqual(await one.list(), { a: 'second', b: 'longer' });
      clock.nowMs += 1000;
      assert.deepEqual(await one.list(), { b: 'longer' });
      await one.remove('b');
      assert.deepEqual(await two.list(), {});
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import { createSqliteStore, type Store, type StoreEvent } from '../../src/state/index.ts';
import { createRedisStore } from '../../src/state/redis/redis-store.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { dayKey, hold, reservation, type TestClock, testClock } from './store-contract.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };

/** Opens one more process on the same ledger; `keeper` names its usage ledger. */
type Open = (clock: TestClock, keeper: string, onEvent?: (event: StoreEvent) => void) => Promise<Store>;

const STORES: readonly { readonly name: string; readonly place: (t: TestContext) => Promise<Open | null> }[] = [
  {
    name: 'the embedded store',
    async place(t) {
      const dataDir = makeTempDirectory(t);
      return async (clock, _keeper, onEvent = () => undefined) =>
        createSqliteStore({ dataDir, clock, breaker, onEvent });
    },
  },
  {
    name: 'Redis',
    async place(t) {
      const program = requireProgram(t, 'redis-server');
      if (program === undefined) return null;
      const url = `${(await startRedis(t, program)).url}?timeout=5000`;
      return (clock, keeper, onEvent = () => undefined) =>
        createRedisStore({ url, clock, breaker, isClockShared: true, keeper, onEvent });
    },
  },
];

for (const { name, place } of STORES) {
  describe(`what ${name} has left for the usage ledger`, () => {
    it('is the note of every account that was taken, told again until it is accounted', async (t) => {
      const open = await place(t);
      if (open === null) return;
      const clock = testClock();
      const killed = await open(clock, 'one');
      await killed.reserve(hold('r1', [reservation('a', 40)]));
      await killed.reserve(hold('r2', [reservation('a', 40)]));
      const account = { id: 'r1', charges: [{ counter: dayKey('a'), held: 40, amount: 25 }], note: '{"é":"1"}' };
      await killed.commit(account);
      await killed.commit({ ...account, note: 'a second account' });
      await killed.commit({ ...account, id: 'nobody knows it', note: 'no charge' });
      await killed.close();

      const next = await open(clock, 'one');
      const note = { key: 'r1', kind: 'note', note: '{"é":"1"}' };
      assert.deepEqual(await next.unaccounted(0), [note]);
      assert.deepEqual(await next.unaccounted(0), [note]);
      assert.deepEqual(await next.unaccounted(1), [], 'not yet so old');
      await next.accounted(['r1', 'nobody knows it']);
      assert.deepEqual(await next.unaccounted(0), []);
      await next.close();
    });

    it('is the end of a lease, and that it was taken back', async (t) => {
      const open = await place(t);
      if (open === null) return;
      const clock = testClock();
      const killed = await open(clock, 'one');
      await killed.reserve({ ...hold('r1', [reservation('a', 40)]), memo: 'memo' });
      await killed.reserve(hold('freed', [{ ...reservation('b', 40), onLeaseExpiry: 'release' }]));
      clock.advance(1000);
      const { expired } = await killed.sweep();
      assert.equal(expired.length, 2);
      await killed.close();

      const events: StoreEvent[] = [];
      const next = await open(clock, 'one', (event) => void events.push(event));
      const end = expired.find(({ id }) => id === 'r1');
      const ended = { key: `r1:ended:${end?.endedMs}`, kind: 'ended', end };
      assert.deepEqual(await next.unaccounted(0), [ended]);
      await next.accounted([ended.key]);
      await next.commit({ id: 'r1', charges: [{ counter: dayKey('a'), held: 40, amount: 30 }], note: 'late' });
      const [undone, ...more] = events.flatMap((event) => (event.kind === 'lease-undone' ? [event.end] : []));
      assert.equal(undone?.endedMs, end?.endedMs);
      assert.deepEqual(more, []);
      const left = await next.unaccounted(0);
      assert.deepEqual(
        new Set(left.map(({ key, kind }) => `${key} ${kind}`)),
        new Set([`r1:undone:${undone?.endedMs} undone`, 'r1 note']),
      );
      assert.deepEqual(
        left.flatMap((item) => (item.kind === 'undone' ? [item.end] : [])),
        [undone],
      );
      await next.close();
    });
  });
}

describe('what a replica over Redis was told and did not write down', () => {
  it('is told to others when it has been silent for five minutes, and then to one of them', async (t) => {
    const open = await STORES.at(-1)?.place(t);
    if (open === undefined || open === null) return;
    const clock = testClock();
    const silent = await open(clock, 'one');
    await silent.reserve(hold('r1', [reservation('a', 40)]));
    clock.advance(1000);
    await silent.sweep();
    const others = await Promise.all([open(clock, 'two'), open(clock, 'three')]);
    const told = async () => (await Promise.all(others.map((other) => other.unaccounted(0)))).flat().length;
    assert.equal(await told(), 0);
    clock.advance(299_999);
    assert.equal((await silent.unaccounted(10_000)).length, 1, 'it lives, and its file cannot be written yet');
    clock.advance(1);
    assert.equal(await told(), 0);
    clock.advance(300_000);
    assert.equal(await told(), 1);
    assert.deepEqual(await silent.unaccounted(0), [], 'it is not its own any more');
    await Promise.all([silent, ...others].map((store) => store.close()));
  });
});

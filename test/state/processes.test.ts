import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER, type CounterKey } from '../../src/decision/index.ts';
import { createStore } from '../../src/state/index.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis, startRedisCluster } from '../support/start-redis.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';
import type { LedgerTask } from './ledger-process.ts';
import { killMidway, runLedgerProcesses, settleRest } from './run-ledger-processes.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };

/** Five budgets in a window that is long from over; the third is the tight one. */
function fiveBudgets(tightLimit: number): readonly CounterKey[] {
  const windowStartMs = Date.UTC(2020, 0, 1);
  return ['org', 'team', 'app', 'route', 'model'].map((budget, at) => ({
    key: `budget:${budget}::2020-01-01T00:00:00.000Z`,
    budget,
    unit: 'tokens',
    limit: at === 2 ? tightLimit : 1_000_000_000,
    split: [],
    windowStartMs,
    windowEndMs: Date.UTC(2100, 0, 1),
  }));
}

interface Place {
  readonly name: string;
  readonly open: (
    t: Cleanup & { skip(reason?: string): void },
  ) => Promise<{ url: string | null; dataDir: string } | undefined>;
}

const places: readonly Place[] = [
  { name: 'a SQLite file', open: async (t) => ({ url: null, dataDir: makeTempDirectory(t) }) },
  {
    name: 'Redis',
    async open(t) {
      const program = requireProgram(t, 'redis-server');
      if (program === undefined) return undefined;
      return { url: `${(await startRedis(t, program)).url}?timeout=10000`, dataDir: makeTempDirectory(t) };
    },
  },
  {
    name: 'a Redis Cluster',
    async open(t) {
      const program = requireProgram(t, 'redis-server');
      if (program === undefined) return undefined;
      const nodes = (await startRedisCluster(t, program)).map(({ port }) => `127.0.0.1:${port}`);
      return { url: `redis+cluster://${nodes.join(',')}?timeout=10000`, dataDir: makeTempDirectory(t) };
    },
  },
];

for (const { name, open } of places) {
  describe(`processes that share ${name}`, () => {
    it('let exactly the affordable ones of 500 requests through, and all that fit once the money is back', async (t) => {
      const place = await open(t);
      if (place === undefined) return;
      const counters = fiveBudgets(1000);
      const task = (process: number): LedgerTask => ({
        ...place,
        ...{ name: `p${process}`, requests: 125, parallel: 125, amount: 10, charge: null, counters },
      });
      const told = await runLedgerProcesses([0, 1, 2, 3].map(task));
      const held = told.flatMap((each) => [...each.held]);
      const refused = told.flatMap((each) => [...each.refused]);
      assert.equal(held.length, 100);
      assert.equal(refused.length, 400);

      const store = await createStore({ ...place, clock: { nowMs: Date.now }, breaker });
      t.after(() => store.close());
      const read = async () => Object.values((await store.readFacts({ counters, targets: [] })).counters);
      assert.deepEqual(await read(), Array(5).fill({ spent: 0, held: 1000 }));
      for (const id of held) {
        await store.commit({ id, charges: counters.map((counter) => ({ counter, held: 10, amount: 4 })) });
      }
      assert.deepEqual(await read(), Array(5).fill({ spent: 400, held: 0 }));
      const again = await runLedgerProcesses([4, 5, 6].map(task));
      assert.equal(again.flatMap((each) => [...each.held]).length, 60);
    });

    it('settle each of 3 × 200 requests once, none is refused that fits', async (t) => {
      const place = await open(t);
      if (place === undefined) return;
      const counters = fiveBudgets(1_000_000);
      const told = await runLedgerProcesses(
        [0, 1, 2].map((process) => ({
          ...place,
          ...{ name: `p${process}`, requests: 200, parallel: 20, amount: 10, charge: 7, counters },
        })),
      );
      for (const { held, settled } of told) assert.deepEqual([held.size, settled.size], [200, 200]);
      const store = await createStore({ ...place, clock: { nowMs: Date.now }, breaker });
      t.after(() => store.close());
      const states = Object.values((await store.readFacts({ counters, targets: [] })).counters);
      assert.deepEqual(states, Array(5).fill({ spent: 4200, held: 0 }));
    });

    it('lose nothing acknowledged and charge nothing twice when one is killed midway, four times', async (t) => {
      const place = await open(t);
      if (place === undefined) return;
      const counters = fiveBudgets(1_000_000);
      const openStore = () => createStore({ ...place, clock: { nowMs: Date.now }, breaker });
      for (let round = 0; round < 4; round++) {
        const name = `r${round}`;
        const task: LedgerTask = { ...place, name, requests: 300, parallel: 16, amount: 10, charge: 7, counters };
        const earlier = await openStore();
        const { counters: states } = await earlier.readFacts({ counters, targets: [] });
        const spent = states[counters[0]!.key]?.spent ?? 0;
        await earlier.close();
        const seen = await killMidway(task, 40 + round * 50);
        assert.ok(seen.settled.size < task.requests, 'it came to its end before it was killed');
        const store = await openStore();
        assert.deepEqual(await settleRest(store, task, spent, seen), []);
        await store.close();
      }
    });
  });
}

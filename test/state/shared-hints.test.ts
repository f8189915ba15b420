import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import { createMemoryStore, type Store } from '../../src/state/index.ts';
import { createRedisStore } from '../../src/state/redis/redis-store.ts';
import { findProgram, requireProgram } from '../support/skip.ts';
import { startRedis, until } from '../support/start-redis.ts';
import { dayKey, testClock } from './store-contract.ts';

const rules = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const program = findProgram('redis-server');
const BREAKER = { failures: 3, withinMs: 10_000, openForMs: 1000 };
const TARGET = 'premium/gpt';

function call(store: Store, health: 'success' | 'failure' | 'ignored', latencyMs: number | null = null): void {
  store.attemptStarted(TARGET, BREAKER);
  store.attemptEnded({ target: TARGET, health, latencyMs, breaker: BREAKER });
}

/** As a request with a budget reads it, in its one round trip. */
async function withBudget(store: Store) {
  const { breakers, latencies } = await store.readFacts({ counters: [dayKey('a')], targets: [TARGET] });
  return { view: breakers[TARGET] ?? 'closed', latencyMs: latencies[TARGET] ?? null };
}

/** As a request without any budget reads it, without a round trip. */
async function withoutBudget(store: Store) {
  return (await store.readFacts({ counters: [], targets: [TARGET] })).breakers[TARGET] ?? 'closed';
}

describe('hints on targets over Redis', () => {
  it('need a redis-server', (t) => {
    requireProgram(t, 'redis-server');
  });
  if (program === undefined) return;

  let url = '';
  let ledgers = 0;
  const cleanups: (() => void | Promise<void>)[] = [];
  before(async () => {
    url = (await startRedis({ after: (clean) => void cleanups.push(clean) }, program)).url;
  });
  after(async () => {
    for (const clean of cleanups.reverse()) await clean();
  });

  async function open(clock = testClock()) {
    const ledger = `hints-${ledgers++}`;
    const one = () =>
      createRedisStore({ url: `${url}?ledger=${ledger}&timeout=5000`, clock, breaker: rules, isClockShared: true });
    const stores = { a: await one(), b: await one() };
    cleanups.push(() => stores.a.close());
    cleanups.push(() => stores.b.close());
    return { ...stores, clock };
  }

  it('count the failures of all replicas together, and let one of them probe', async () => {
    const { a, b, clock } = await open();
    call(a, 'failure');
    call(a, 'failure');
    assert.equal((await withBudget(a)).view, 'closed');
    call(b, 'failure');
    assert.equal((await withBudget(b)).view, 'open');
    assert.equal((await withBudget(a)).view, 'open');
    assert.deepEqual(await a.openBreakers(), { [TARGET]: 'open' });
    clock.advance(1000);
    assert.equal((await withBudget(b)).view, 'half-open');
    assert.equal((await withBudget(a)).view, 'half-open');
    a.attemptStarted(TARGET, BREAKER);
    assert.equal((await withBudget(a)).view, 'open', 'the probe is under way');
    assert.equal((await withBudget(b)).view, 'open', 'for others too');
    a.attemptEnded({ target: TARGET, health: 'success', latencyMs: 80, breaker: BREAKER });
    assert.deepEqual(await withBudget(a), { view: 'closed', latencyMs: 80 });
    assert.deepEqual(await withBudget(b), { view: 'closed', latencyMs: 80 });
    assert.deepEqual(await b.openBreakers(), {});
  });

  it('reach a replica whose requests have no budget, without a round trip of theirs', async () => {
    const { a, b, clock } = await open();
    assert.equal(await withoutBudget(b), 'closed');
    const breaker = { ...BREAKER, openForMs: 86_400_000 };
    for (let count = 0; count < 3; count++) {
      a.attemptStarted(TARGET, breaker);
      a.attemptEnded({ target: TARGET, health: 'failure', latencyMs: null, breaker });
    }
    await until(async () => {
      clock.advance(250);
      return (await withoutBudget(b)) === 'open';
    });
  });

  it('say over two replicas what memory says in one process, whatever happens to the calls', async () => {
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ health: fc.constantFrom('success', 'failure', 'failure', 'ignored'), ms: fc.nat(500) }),
      },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 6000 }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.boolean(), step), { maxLength: 25 }), async (steps) => {
        const { a, b, clock } = await open();
        const memory = createMemoryStore({ clock, breaker: rules });
        for (const [isFirst, each] of steps) {
          const store = isFirst ? a : b;
          if (typeof each === 'number') clock.advance(each);
          else {
            const health = each.health as 'success' | 'failure' | 'ignored';
            for (const one of [store, memory]) call(one, health, health === 'success' ? each.ms : null);
          }
          const expected = await withBudget(memory);
          assert.deepEqual(await withBudget(store), expected);
          assert.deepEqual(await withBudget(isFirst ? b : a), expected);
        }
        await a.close();
        await b.close();
      }),
      { numRuns: 25 },
    );
  });
});

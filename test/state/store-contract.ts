import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../src/core/index.ts';
import type { CounterKey, Reservation } from '../../src/decision/index.ts';
import type { Store } from '../../src/state/index.ts';

export interface TestClock extends Clock {
  readonly advance: (ms: number) => void;
}

const START_MS = Date.UTC(2026, 0, 1, 12);
const DAY_MS = 86_400_000;

/** The properties every store has, whatever it is made of. `open` gives an empty store that reads the clock. */
export function describeStore(name: string, open: (clock: Clock) => Promise<Store>): void {
  const opened: Store[] = [];
  async function start(): Promise<{ readonly store: Store; readonly clock: TestClock }> {
    const clock = testClock();
    const store = await open(clock);
    opened.push(store);
    return { store, clock };
  }

  describe(`the ${name} store`, () => {
    // Also after a test that failed: a connection left open would keep the process from ending.
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    it('tells nothing about counters and targets nobody has touched', async () => {
      const { store } = await start();
      const facts = await store.readFacts({ counters: [dayKey('a')], targets: ['premium/gpt'] });
      assert.deepEqual(facts, { counters: {}, breakers: {}, latencies: {}, inFlight: {} });
    });

    it('holds, then charges what was spent and gives the rest back', async () => {
      const { store } = await start();
      assert.deepEqual(await store.reserve(hold('r1', [reservation('a', 40)])), { kind: 'held' });
      assert.deepEqual(await read(store, 'a'), { spent: 0, held: 40 });
      const result = await store.commit({ id: 'r1', charges: charges('a', 25) });
      assert.deepEqual(result, {
        applied: true,
        counters: [{ key: dayKey('a').key, budget: 'a', limit: 100, before: 0, after: 25 }],
      });
      assert.deepEqual(await read(store, 'a'), { spent: 25, held: 0 });
    });

    it('takes all reservations of a request or none', async () => {
      const { store } = await start();
      await store.reserve(hold('r1', [reservation('b', 90)]));
      const result = await store.reserve(
        hold('r2', [reservation('a', 20), reservation('b', 20), reservation('c', 20)]),
      );
      assert.ok(result.kind === 'refused');
      assert.deepEqual(result.exhausted, [dayKey('b').key]);
      assert.deepEqual(result.counters[dayKey('b').key], { spent: 0, held: 90 });
      assert.equal((await read(store, 'a'))?.held ?? 0, 0);
      assert.equal((await read(store, 'c'))?.held ?? 0, 0);
    });

    it('counts a budget that only warns without ever refusing', async () => {
      const { store } = await start();
      assert.equal((await store.reserve(hold('r1', [{ ...reservation('a', 500), enforce: false }]))).kind, 'held');
      assert.deepEqual(await read(store, 'a'), { spent: 0, held: 500 });
    });

    it('settles a hold once: the second account changes nothing', async () => {
      const { store } = await start();
      await store.reserve(hold('r1', [reservation('a', 40)]));
      await store.commit({ id: 'r1', charges: charges('a', 25) });
      assert.deepEqual(await store.commit({ id: 'r1', charges: charges('a', 25) }), { applied: false, counters: [] });
      assert.deepEqual(await store.commit({ id: 'never-held', charges: charges('a', 25) }), {
        applied: false,
        counters: [],
      });
      assert.deepEqual(await read(store, 'a'), { spent: 25, held: 0 });
    });

    it('takes the same hold twice as once', async () => {
      const { store } = await start();
      await store.reserve(hold('r1', [reservation('a', 60)]));
      assert.deepEqual(await store.reserve(hold('r1', [reservation('a', 60)])), { kind: 'held' });
      assert.deepEqual(await read(store, 'a'), { spent: 0, held: 60 });
    });

    it('raises a hold where there is room, and leaves it as it was where there is none', async () => {
      const { store } = await start();
      await store.reserve(hold('r1', [reservation('a', 40)]));
      assert.equal((await store.reserve(hold('r1', [reservation('a', 90)]))).kind, 'held');
      assert.deepEqual(await read(store, 'a'), { spent: 0, held: 90 });
      assert.equal((await store.reserve(hold('r1', [reservation('a', 101)]))).kind, 'refused');
      assert.deepEqual(await read(store, 'a'), { spent: 0, held: 90 });
    });

    it('charges an expired hold, and puts it right when the account comes late', async () => {
      const { store, clock } = await start();
      await store.reserve({ ...hold('r1', [reservation('a', 40)]), memo: 'who it was for' });
      clock.advance(999);
      assert.deepEqual((await store.sweep()).expired, []);
      clock.advance(1);
      const { key } = dayKey('a');
      assert.deepEqual((await store.sweep()).expired, [
        {
          ...{ id: 'r1', owner: 'test', memo: 'who it was for', endedMs: START_MS + 1000 },
          charges: [{ key, budget: 'a', limit: 100, amount: 40, spent: 40 }],
        },
      ]);
      assert.deepEqual((await store.sweep()).expired, [], 'told once');
      assert.deepEqual(await read(store, 'a'), { spent: 40, held: 0 });
      assert.equal((await store.commit({ id: 'r1', charges: charges('a', 25) })).applied, true);
      assert.deepEqual(await read(store, 'a'), { spent: 25, held: 0 });
      assert.equal((await store.commit({ id: 'r1', charges: charges('a', 25) })).applied, false);
    });

    it('lets a name be taken once for a while, also by many at once', async () => {
      const { store, clock } = await start();
      const taken = await Promise.all(Array.from({ length: 20 }, () => store.claim('once:a/b', 1000)));
      assert.equal(taken.filter((isFirst) => isFirst).length, 1);
      assert.equal(await store.claim('once:other', 1000), true);
      clock.advance(999);
      assert.equal(await store.claim('once:a/b', 1000), false);
      assert.deepEqual(await store.claimedAt(['once:a/b', 'never']), { 'once:a/b': START_MS });
      clock.advance(1);
      assert.deepEqual(await store.claimedAt(['once:a/b']), {});
      assert.equal(await store.claim('once:a/b', 1000), true);
    });

    it('gives an expired hold back where the budget says so, and still charges a late account', async () => {
      const { store, clock } = await start();
      await store.reserve(hold('r1', [{ ...reservation('a', 40), onLeaseExpiry: 'release' }]));
      clock.advance(1000);
      await store.sweep();
      assert.deepEqual(await read(store, 'a'), { spent: 0, held: 0 });
      await store.commit({ id: 'r1', charges: charges('a', 25) });
      assert.deepEqual(await read(store, 'a'), { spent: 25, held: 0 });
    });

    it('takes the charge of an expired hold back when the hold is raised, and settles it once', async () => {
      const { store, clock } = await start();
      await store.reserve(hold('r1', [reservation('a', 40)]));
      clock.advance(1000);
      await store.sweep();
      assert.equal((await store.reserve(hold('r1', [reservation('a', 101)]))).kind, 'refused');
      assert.deepEqual(await read(store, 'a'), { spent: 40, held: 0 });
      assert.equal((await store.reserve(hold('r1', [reservation('a', 90)]))).kind, 'held');
      assert.deepEqual(await read(store, 'a'), { spent: 0, held: 90 });
      await store.commit({ id: 'r1', charges: charges('a', 70) });
      assert.deepEqual(await read(store, 'a'), { spent: 70, held: 0 });
    });

    it('charges a request that was let through without a hold, once, and takes nothing under its id any more', async () => {
      const { store } = await start();
      const account = { id: 'r1', charges: charges('a', 25), isUnheld: true };
      assert.deepEqual(await store.commit(account), {
        applied: true,
        counters: [{ key: dayKey('a').key, budget: 'a', limit: 100, before: 0, after: 25 }],
      });
      assert.deepEqual(await store.commit(account), { applied: false, counters: [] });
      assert.equal((await store.reserve(hold('r1', [reservation('a', 40)]))).kind, 'refused');
      assert.deepEqual(await read(store, 'a'), { spent: 25, held: 0 });
    });

    it('settles the hold of a request whose hold arrived after all', async () => {
      const { store } = await start();
      await store.reserve(hold('r1', [reservation('a', 40)]));
      assert.equal((await store.commit({ id: 'r1', charges: charges('a', 25), isUnheld: true })).applied, true);
      assert.deepEqual(await read(store, 'a'), { spent: 25, held: 0 });
    });

    it('goes by the limit of the day: an edit neither resets what was spent nor frees what is held', async () => {
      const { store } = await start();
      const under = (limit: number, amount: number) => ({ ...reservation('a', amount), counter: dayKey('a', limit) });
      await store.reserve(hold('r1', [under(100, 60)]));
      await store.commit({ id: 'r1', charges: charges('a', 50) });
      await store.reserve(hold('r2', [under(100, 30)]));
      assert.equal((await store.reserve(hold('r3', [under(80, 1)]))).kind, 'refused');
      assert.equal((await store.reserve(hold('r3', [under(120, 40)]))).kind, 'held');
      assert.deepEqual(await read(store, 'a'), { spent: 50, held: 70 });
    });

    it('keeps amounts exact up to the largest whole number', async () => {
      const { store } = await start();
      const most = Number.MAX_SAFE_INTEGER - 1;
      const key = dayKey('a', Number.MAX_SAFE_INTEGER);
      await store.reserve(hold('r1', [{ ...reservation('a', most), counter: key }]));
      assert.equal((await store.reserve(hold('r2', [{ ...reservation('a', 2), counter: key }]))).kind, 'refused');
      await store.commit({ id: 'r1', charges: [{ counter: key, held: most, amount: most }] });
      assert.deepEqual(await read(store, 'a'), { spent: most, held: 0 });
    });

    it('keeps a hold whose lease is renewed', async () => {
      const { store, clock } = await start();
      await store.reserve(hold('r1', [reservation('a', 40)]));
      clock.advance(900);
      assert.equal(await store.renew('r1'), true);
      clock.advance(900);
      assert.deepEqual((await store.sweep()).expired, []);
      assert.equal(await store.renew('nobody'), false);
    });

    it('charges the window in which a request was admitted, not the one in which it ends', async () => {
      const { store, clock } = await start();
      await store.reserve(hold('r1', [{ ...reservation('a', 40), leaseMs: 3 * DAY_MS }]));
      clock.advance(DAY_MS);
      await store.commit({ id: 'r1', charges: charges('a', 25) });
      assert.deepEqual(await read(store, 'a'), { spent: 25, held: 0 });
    });

    it('forgets in a rolling window what has left it, and not before', async () => {
      const { store, clock } = await start();
      const key = rollingKey('a', 60_000);
      const own = { ...reservation('a', 60), counter: key };
      await store.reserve(hold('r1', [own]));
      await store.commit({ id: 'r1', charges: [{ counter: key, held: 60, amount: 60 }] });
      clock.advance(60_000);
      assert.equal((await store.reserve(hold('r2', [own]))).kind, 'refused');
      clock.advance(1_001);
      assert.equal((await store.reserve(hold('r2', [own]))).kind, 'held');
    });

    it('goes by the span of the day in a rolling window: an edit neither forgets too soon nor remembers too long', async () => {
      const { store, clock } = await start();
      const under = (spanMs: number, amount: number) => ({
        ...reservation('a', amount),
        counter: rollingKey('a', spanMs),
      });
      const spend = async (holdId: string, spanMs: number, amount: number) => {
        const part = under(spanMs, amount);
        if ((await store.reserve(hold(holdId, [part]))).kind === 'refused') return 'refused';
        await store.commit({ id: holdId, charges: [{ counter: part.counter, held: amount, amount }] });
        return 'spent';
      };
      const [minute, hour] = [60_000, 3_600_000];
      assert.equal(await spend('r1', minute, 10), 'spent');
      // One under way when the policy changes: it is settled by the key it was admitted with.
      await store.reserve(hold('r2', [{ ...under(minute, 20), leaseMs: hour }]));
      assert.equal(await spend('r3', hour, 60), 'spent');
      clock.advance(10 * minute);
      const settled = await store.commit({
        id: 'r2',
        charges: [{ counter: rollingKey('a', minute), held: 20, amount: 20 }],
      });
      assert.equal(settled.counters[0]?.after, 90);
      assert.equal(await spend('r4', hour, 11), 'refused');
      const read = async (spanMs: number) => {
        const key = rollingKey('a', spanMs);
        return (await store.readFacts({ counters: [key], targets: [] })).counters[key.key]?.spent;
      };
      assert.equal(await read(hour), 90);
      clock.advance(2 * minute);
      assert.equal(await read(minute), 0);
      assert.equal(await spend('r5', minute, 100), 'spent');
    });

    it('never lets spent and held go over the limit, under any interleaving', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 200 }), async (steps, limit) => {
          const { store, clock } = await start();
          const keys = [dayKey('a', limit), rollingKey('b', 10_000, limit)];
          const amounts = new Map<string, number>();
          for (const each of steps) {
            if (each.kind === 'reserve') {
              const parts = keys.map((counter) => ({ ...reservation('a', each.amount), counter }));
              const { kind } = await store.reserve(hold(each.id, parts));
              if (kind === 'held') amounts.set(each.id, each.amount);
            } else if (each.kind === 'commit') {
              const amount = Math.floor((amounts.get(each.id) ?? 0) * each.share);
              await store.commit({ id: each.id, charges: keys.map((counter) => ({ counter, held: 0, amount })) });
            } else if (each.kind === 'advance') {
              clock.advance(each.ms);
            } else {
              await store.sweep();
            }
            for (const state of Object.values((await store.readFacts({ counters: keys, targets: [] })).counters)) {
              assert.ok(state.spent >= 0 && state.held >= 0);
              assert.ok(state.spent + state.held <= limit, `${state.spent} + ${state.held} > ${limit}`);
            }
          }
          await store.close();
          opened.pop();
        }),
        { numRuns: 150 },
      );
    });

    it('lets concurrent requests spend the limit and no more', async () => {
      const { store } = await start();
      const results = await Promise.all(
        Array.from({ length: 50 }, async (_, at) => {
          const { kind } = await store.reserve(hold(`r${at}`, [reservation('a', 7)]));
          if (kind === 'held') await store.commit({ id: `r${at}`, charges: charges('a', 7) });
          return kind;
        }),
      );
      assert.equal(results.filter((kind) => kind === 'held').length, 14);
      assert.deepEqual(await read(store, 'a'), { spent: 98, held: 0 });
    });

    it('counts calls in flight and remembers how fast a target was', async () => {
      const { store } = await start();
      store.attemptStarted('premium/gpt', null);
      store.attemptStarted('premium/gpt', null);
      const query = { counters: [], targets: ['premium/gpt'] };
      assert.deepEqual((await store.readFacts(query)).inFlight, { 'premium/gpt': 2 });
      store.attemptEnded({ target: 'premium/gpt', health: 'success', latencyMs: 100, breaker: null });
      store.attemptEnded({ target: 'premium/gpt', health: 'success', latencyMs: 200, breaker: null });
      const facts = await store.readFacts(query);
      assert.deepEqual(facts.inFlight, {});
      const latencyMs = facts.latencies['premium/gpt'] ?? 0;
      assert.ok(latencyMs > 100 && latencyMs < 200);
    });

    it('opens a breaker after failures in a row, lets one call probe it, and closes it on success', async () => {
      const { store, clock } = await start();
      const target = 'premium/gpt';
      const breaker = { failures: 2, withinMs: 10_000, openForMs: 1000 };
      const view = async () =>
        (await store.readFacts({ counters: [], targets: [target] })).breakers[target] ?? 'closed';
      const attempt = (health: 'success' | 'failure' | 'ignored') => {
        store.attemptStarted(target, breaker);
        store.attemptEnded({ target, health, latencyMs: null, breaker });
      };
      attempt('failure');
      attempt('ignored');
      assert.equal(await view(), 'closed');
      attempt('failure');
      assert.equal(await view(), 'open');
      assert.deepEqual(await store.openBreakers(), { [target]: 'open' });
      clock.advance(1000);
      assert.equal(await view(), 'half-open');
      store.attemptStarted(target, breaker);
      assert.equal(await view(), 'open');
      store.attemptEnded({ target, health: 'success', latencyMs: 5, breaker });
      assert.equal(await view(), 'closed');
    });
  });
}

const id = fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5');
const step = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), id, amount: fc.integer({ min: 0, max: 120 }) }),
  fc.record({ kind: fc.constant('commit' as const), id, share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 6000 }) }),
  fc.record({ kind: fc.constant('sweep' as const) }),
);

/** A clock that stands still until it is moved. */
export function testClock(): TestClock {
  let nowMs = START_MS;
  return {
    nowMs: () => nowMs,
    advance(ms) {
      nowMs += ms;
    },
  };
}

/** A counter of one calendar day. */
export function dayKey(budget: string, limit = 100): CounterKey {
  const windowStartMs = Date.UTC(2026, 0, 1);
  const key = `budget:${budget}::2026-01-01T00:00:00.000Z`;
  return { key, budget, unit: 'tokens', limit, split: [], windowStartMs, windowEndMs: windowStartMs + DAY_MS };
}

function rollingKey(budget: string, spanMs: number, limit = 100): CounterKey {
  const key = `budget:${budget}::rolling`;
  return { key, budget, unit: 'tokens', limit, split: [], windowStartMs: START_MS - spanMs, windowEndMs: START_MS };
}

/** A reservation with a lease of a second on the budget's day. */
export function reservation(budget: string, amount: number): Reservation {
  return { counter: dayKey(budget), amount, enforce: true, targets: null, leaseMs: 1000, onLeaseExpiry: 'settle' };
}

/** A hold of the test's process. */
export function hold(holdId: string, reservations: readonly Reservation[]) {
  return { id: holdId, owner: 'test', reservations };
}

function charges(budget: string, amount: number) {
  return [{ counter: dayKey(budget), held: 0, amount }];
}

async function read(store: Store, budget: string) {
  const key = dayKey(budget);
  return (await store.readFacts({ counters: [key], targets: [] })).counters[key.key];
}

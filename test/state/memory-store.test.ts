import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GatewayError } from '../../src/core/index.ts';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '../../src/decision/index.ts';
import { createMemoryStore, type MemoryStoreOptions } from '../../src/state/index.ts';
import { dayKey, describeStore, hold, reservation } from './store-contract.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const DAY_MS = 86_400_000;

describeStore('memory', async (clock) => createMemoryStore({ clock, breaker }));

function storeAt(start: number, limits: Partial<MemoryStoreOptions<never>> = {}) {
  let nowMs = start;
  const store = createMemoryStore({ ...limits, clock: { nowMs: () => nowMs }, breaker });
  return {
    store,
    advance(ms: number) {
      nowMs += ms;
    },
  };
}

describe('the memory store’s bounds', () => {
  const start = Date.UTC(2026, 0, 1, 12);

  it('forgets windows that are over', async () => {
    const { store, advance } = storeAt(start);
    for (let at = 0; at < 100; at++) {
      await store.reserve(hold(`r${at}`, [reservation(`user-${at}`, 1)]));
      await store.commit({ id: `r${at}`, charges: [{ counter: dayKey(`user-${at}`), held: 1, amount: 1 }] });
    }
    assert.equal(store.size().counters, 100);
    advance(DAY_MS);
    await store.sweep();
    assert.deepEqual(store.size(), { counters: 0, holds: 0, expired: 0, targets: 0 });
  });

  it('refuses new counters rather than forget live ones', async () => {
    const { store } = storeAt(start, { maxCounters: 2 });
    await store.reserve(hold('r1', [reservation('a', 1), reservation('b', 1)]));
    await assert.rejects(store.reserve(hold('r2', [reservation('a', 1), reservation('c', 1)])), (error) => {
      assert.ok(error instanceof GatewayError);
      assert.equal(error.code, 'store_unavailable');
      return true;
    });
    const { counters } = await store.readFacts({ counters: [dayKey('a')], targets: [] });
    assert.deepEqual(counters[dayKey('a').key], { spent: 0, held: 1 });
  });

  it('remembers a bounded number of expired holds', async () => {
    const { store, advance } = storeAt(start, { maxExpiredHolds: 10 });
    for (let at = 0; at < 50; at++) await store.reserve(hold(`r${at}`, [reservation('a', 1)]));
    advance(1000);
    await store.sweep();
    assert.equal(store.size().holds, 0);
    assert.equal(store.size().expired, 10);
  });

  it('keeps hints on a bounded number of targets, those with calls in flight first', async () => {
    const { store } = storeAt(start, { maxTargets: 10 });
    store.attemptStarted('premium/busy', null);
    for (let at = 0; at < 50; at++) {
      store.attemptStarted(`chain/${at}`, null);
      store.attemptEnded({ target: `chain/${at}`, health: 'success', latencyMs: 1, breaker: null });
    }
    assert.equal(store.size().targets, 10);
    assert.deepEqual((await store.readFacts({ counters: [], targets: ['premium/busy'] })).inFlight, {
      'premium/busy': 1,
    });
  });

  it('stops trusting a latency after ten minutes', async () => {
    const { store, advance } = storeAt(start);
    store.attemptEnded({ target: 'premium/gpt', health: 'success', latencyMs: 900, breaker: null });
    advance(600_000);
    assert.deepEqual((await store.readFacts({ counters: [], targets: ['premium/gpt'] })).latencies, {});
  });
});

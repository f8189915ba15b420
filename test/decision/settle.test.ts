import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NO_USAGE, type Usage } from '#core';
import { type Attempt, type Decision, type Reservation, raiseHolds, settle } from '#decision';
import type { LimitUnit } from '#snapshot';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { attemptOf, NOON, planOf, targetOf } from './build.ts';

const snapshot = compileInlineSnapshot(`
kind: Provider
metadata: { name: p }
spec: { dialect: openai-chat, baseUrl: https://p.example.com/v1, auth: { kind: none } }
---
kind: Model
metadata: { name: p/dear }
spec:
  provider: p
  prices:
    - { from: 2020-01-01, input: "10.00", output: "50.00", source: before }
    - { from: 2026-12-01, input: "20.00", output: "50.00", source: after }
---
kind: Model
metadata: { name: p/cheap }
spec: { provider: p, prices: [{ from: 2020-01-01, input: "1.00", output: "2.00", source: cheap }] }
---
kind: Model
metadata: { name: p/unpriced }
spec: { provider: p }
---
kind: Route
metadata: { name: r }
spec: { match: {} }
`);

type Allowed = Extract<Decision, { kind: 'allow' }>;

function reservation(unit: LimitUnit, amount: number, targets: readonly string[] | null = null): Reservation {
  const counter = {
    key: `budget:${unit}::x`,
    budget: unit,
    unit,
    limit: 1e9,
    split: [],
    windowStartMs: 0,
    windowEndMs: 1,
  };
  return { counter, amount, enforce: true, targets, leaseMs: 1000, onLeaseExpiry: 'settle' };
}

function allowed(...reservations: readonly Reservation[]): Allowed {
  const targets = ['dear', 'cheap', 'unpriced'].map((id) => targetOf(`c/${id}`, { model: `p/${id}` }));
  return { kind: 'allow', route: 'r', plan: planOf(targets), reservations, notes: [] };
}

const UNITS: readonly LimitUnit[] = ['cost', 'tokens', 'inputTokens', 'outputTokens', 'requests', 'concurrency'];
const HOLDS: Readonly<Record<LimitUnit, number>> = {
  cost: 60_000,
  tokens: 1100,
  inputTokens: 100,
  outputTokens: 1000,
  requests: 1,
  concurrency: 1,
};

function used(input: number, output: number, more: Partial<Usage> = {}): Usage {
  return { ...NO_USAGE, input, output, ...more };
}

describe('an account', () => {
  const served = attemptOf('c/dear', 'ok', { status: 200, usage: used(100, 20) });
  const cases: readonly (readonly [string, readonly Attempt[], number, string | null, readonly number[]])[] = [
    // what, attempts, cost, price source, charges by unit as above
    ['of what was served', [served], 2000, 'before', [2000, 120, 100, 20, 1, 0]],
    [
      'of the model that served, after a failure that was not billed',
      [attemptOf('c/dear', 'auth'), attemptOf('c/cheap', 'ok', { usage: used(100, 20) })],
      140,
      'cheap',
      [140, 120, 100, 20, 1, 0],
    ],
    [
      'with a failed attempt that was billed',
      [
        attemptOf('c/dear', 'stream-error', { usage: used(100, 0) }),
        attemptOf('c/cheap', 'ok', { usage: used(100, 20) }),
      ],
      1140,
      'cheap',
      [1140, 220, 200, 20, 1, 0],
    ],
    [
      'of a failure that was billed',
      [attemptOf('c/dear', 'timeout', { usage: used(100, 0) })],
      1000,
      'before',
      [1000, 100, 100, 0, 1, 0],
    ],
    [
      'of nothing, where nothing was billed',
      [attemptOf('c/dear', 'auth'), attemptOf('c/cheap', 'network')],
      0,
      null,
      [0, 0, 0, 0, 1, 0],
    ],
    ['of no attempt at all', [], 0, null, [0, 0, 0, 0, 1, 0]],
    [
      'with reasoning and cached tokens',
      [attemptOf('c/cheap', 'ok', { usage: used(10, 5, { reasoning: 15, cacheRead: 90 }) })],
      140,
      'cheap',
      [140, 120, 100, 20, 1, 0],
    ],
    [
      'without a price keeps the hold',
      [attemptOf('c/unpriced', 'ok', { usage: used(100, 20) })],
      0,
      null,
      [60_000, 120, 100, 20, 1, 0],
    ],
    [
      'of a success whose usage nobody knows keeps the holds',
      [attemptOf('c/dear', 'ok')],
      0,
      null,
      [60_000, 1100, 100, 1000, 1, 0],
    ],
    [
      'can be over the hold',
      [attemptOf('c/dear', 'ok', { usage: used(100, 2000) })],
      101_000,
      'before',
      [101_000, 2100, 100, 2000, 1, 0],
    ],
    [
      'of a hang-up charges what was seen',
      [attemptOf('c/dear', 'cancelled', { usage: used(100, 3), estimated: true })],
      1150,
      'before',
      [1150, 103, 100, 3, 1, 0],
    ],
  ];
  for (const [what, attempts, cost, source, charges] of cases) {
    test(what, () => {
      const decision = allowed(...UNITS.map((unit) => reservation(unit, HOLDS[unit])));
      const account = settle(snapshot, decision, attempts, NOON);
      assert.equal(account.costMicroUsd, cost);
      assert.equal(account.priceSource, source);
      assert.deepEqual(
        account.charges.map(({ amount }) => amount),
        charges,
      );
      assert.deepEqual(
        account.charges.map(({ held }) => held),
        UNITS.map((unit) => HOLDS[unit]),
      );
      assert.equal(
        account.estimated,
        attempts.some(({ estimated }) => estimated),
      );
    });
  }

  test('uses the price of the time of the request', () => {
    assert.equal(settle(snapshot, allowed(), [served], Date.UTC(2026, 11, 1)).costMicroUsd, 3000);
  });

  test('charges a budget on a model only what that model did', () => {
    const decision = allowed(
      reservation('cost', 9, ['c/dear']),
      reservation('cost', 9, ['c/cheap']),
      reservation('requests', 1, ['c/unpriced']),
      reservation('requests', 1, ['c/cheap']),
    );
    const attempts = [
      attemptOf('c/dear', 'stream-error', { usage: used(100, 0) }),
      attemptOf('c/cheap', 'ok', { usage: used(100, 20) }),
    ];
    assert.deepEqual(
      settle(snapshot, decision, attempts, NOON).charges.map(({ amount }) => amount),
      [1000, 140, 0, 1],
    );
  });

  test('names the cost of each attempt, null where it is not known', () => {
    const attempts = [attemptOf('c/dear', 'auth'), attemptOf('c/unpriced', 'timeout', { usage: used(1, 0) }), served];
    assert.deepEqual(settle(snapshot, allowed(), attempts, NOON).perAttempt, [
      { target: 'c/dear', costMicroUsd: null },
      { target: 'c/unpriced', costMicroUsd: null },
      { target: 'c/dear', costMicroUsd: 2000 },
    ]);
  });

  test('is rounded once, not once for each attempt', () => {
    const half = [1, 2].map(() => attemptOf('c/cheap', 'timeout', { usage: used(0, 0, { cacheRead: 1 }) }));
    const model = snapshot.models.get('p/cheap');
    const price = model?.prices[0];
    if (model === undefined || price === undefined) return assert.fail();
    const prices = [{ ...price, perMillion: { ...price.perMillion, cacheRead: 500_000 } }];
    const models = new Map([['p/cheap', { ...model, prices }]]);
    const account = settle({ models }, allowed(), half, NOON);
    assert.deepEqual([account.costMicroUsd, account.perAttempt.map(({ costMicroUsd }) => costMicroUsd)], [1, [1, 1]]);
  });

  test('has one charge for each reservation, none negative, and is the same however often it is made', () => {
    const attempts = fc.array(
      fc.record({
        target: fc.constantFrom('c/dear', 'c/cheap', 'c/unpriced', 'c/gone'),
        outcome: fc.constantFrom<Attempt['outcome']>('ok', 'timeout', 'auth', 'cancelled'),
        usage: fc.option(
          fc.record({ input: fc.nat(), output: fc.nat() }).map(({ input, output }) => used(input, output)),
        ),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(attempts, (list) => {
        const trail = list.map(({ target, outcome, usage }) => attemptOf(target, outcome, { usage }));
        const decision = allowed(
          ...UNITS.map((unit) => reservation(unit, HOLDS[unit], unit === 'tokens' ? ['c/dear'] : null)),
        );
        const account = settle(snapshot, decision, trail, NOON);
        assert.deepEqual(settle(snapshot, decision, trail, NOON), account);
        assert.deepEqual(
          account.charges.map(({ counter }) => counter.unit),
          UNITS,
        );
        assert.ok(account.charges.every(({ amount }) => Number.isSafeInteger(amount) && amount >= 0));
        const cost = account.charges[0]?.amount ?? 0;
        assert.ok(cost >= account.costMicroUsd);
      }),
    );
  });
});

describe('holds are raised', () => {
  test('by what a failed attempt was billed, before the next one starts', () => {
    const decision = allowed(...UNITS.map((unit) => reservation(unit, HOLDS[unit])));
    const raised = raiseHolds(
      snapshot,
      decision,
      [attemptOf('c/dear', 'stream-error', { usage: used(100, 20) })],
      NOON,
    );
    assert.deepEqual(
      raised.reservations.map(({ amount }) => amount),
      [62_000, 1220, 200, 1020, 1, 1],
    );
  });
  test('not when nothing was billed', () => {
    const decision = allowed(reservation('cost', 5));
    assert.equal(raiseHolds(snapshot, decision, [attemptOf('c/dear', 'auth')], NOON), decision);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decide, type Facts, type RequestFacts, stableDraw } from '#decision';
import type { Chain, Route, Snapshot } from '#snapshot';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { factsOf, requestOf } from './build.ts';

const base = compileInlineSnapshot(`
kind: Consumer
metadata: { name: app }
---
kind: Provider
metadata: { name: p }
spec: { dialect: openai-chat, baseUrl: https://p.example.com/v1, auth: { kind: none } }
---
kind: Model
metadata: { name: p/dear }
spec: { provider: p, capabilities: [streaming], prices: [{ from: 2020-01-01, input: "9.00", output: "9.00", source: test }] }
---
kind: Model
metadata: { name: p/cheap }
spec: { provider: p, prices: [{ from: 2020-01-01, input: "1.00", output: "1.00", source: test }] }
---
kind: Model
metadata: { name: p/middle }
spec: { provider: p, prices: [{ from: 2020-01-01, input: "5.00", output: "5.00", source: test }] }
---
kind: Model
metadata: { name: p/free }
spec: { provider: p }
---
kind: Chain
metadata: { name: inner }
spec: { strategy: cost, targets: [{ id: middle, model: p/middle }, { id: cheap, model: p/cheap }] }
---
kind: Chain
metadata: { name: c }
spec:
  strategy: weighted
  targets:
    - { id: a, model: p/free, weight: 70 }
    - { id: b, model: p/dear, weight: 20 }
    - { id: n, chain: inner, weight: 10 }
---
kind: Route
metadata: { name: r }
spec: { match: {}, chain: c }
`);

function orderUnder(changes: Partial<Chain>, facts: Partial<Facts> = {}, request: Partial<RequestFacts> = {}): string {
  const chain = { ...(base.chains.get('c') as Chain), ...changes };
  const snapshot: Snapshot = { ...base, chains: new Map([...base.chains, ['c', chain]]) };
  const decision = decide(snapshot, requestOf(request), base.routes.get('r') as Route, factsOf(facts));
  return decision.kind === 'allow'
    ? decision.plan.targets.map(({ id }) => id).join(' ')
    : assert.fail(decision.message);
}

describe('the order of targets', () => {
  const cases: readonly (readonly [string, Partial<Chain>, Partial<Facts>, string])[] = [
    [
      'fallback: as written, nested chains in their own order',
      { strategy: 'fallback' },
      {},
      'c/a c/b inner/cheap inner/middle',
    ],
    ['weighted: the first range', {}, { draw: 0.69 }, 'c/a c/b inner/cheap inner/middle'],
    ['weighted: the second range, the others as written', {}, { draw: 0.7 }, 'c/b c/a inner/cheap inner/middle'],
    ['weighted: a nested chain is one item', {}, { draw: 0.9 }, 'inner/cheap inner/middle c/a c/b'],
    [
      'weighted: a chosen target that is down leaves it to the next',
      {},
      { draw: 0.7, breakers: { 'c/b': 'open' } },
      'c/a inner/cheap inner/middle',
    ],
    ['cost: cheapest first, unpriced last', { strategy: 'cost' }, {}, 'inner/cheap inner/middle c/b c/a'],
    [
      'latency: unmeasured first, then fastest',
      { strategy: 'latency' },
      { latencies: { 'c/a': 900, 'inner/cheap': 300 } },
      'c/b inner/cheap inner/middle c/a',
    ],
    [
      'latency: a nested chain counts as its first eligible target',
      { strategy: 'latency' },
      {
        latencies: { 'c/a': 900, 'c/b': 500, 'inner/cheap': 300, 'inner/middle': 950 },
        breakers: { 'inner/cheap': 'open' },
      },
      'c/b c/a inner/middle',
    ],
    [
      'least-busy: fewest in flight, ties as written',
      { strategy: 'least-busy' },
      { inFlight: { 'c/a': 2 } },
      'c/b inner/cheap inner/middle c/a',
    ],
  ];
  for (const [what, chain, facts, expected] of cases) {
    test(what, () => assert.equal(orderUnder(chain, facts), expected));
  }
});

describe('sticky choice', () => {
  test('keeps a session at its target whatever the draw', () => {
    fc.assert(
      fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (session, draw) => {
        const sticky = { sticky: 'session' } as const;
        assert.equal(orderUnder(sticky, { draw }, { session }), orderUnder(sticky, { draw: 0 }, { session }));
      }),
      { numRuns: 50 },
    );
  });
  test('keeps a consumer at its target', () => {
    assert.equal(orderUnder({ sticky: 'consumer' }, { draw: 0.95 }), orderUnder({ sticky: 'consumer' }, { draw: 0 }));
  });
  test('draws where there is no session', () => {
    assert.equal(orderUnder({ sticky: 'session' }, { draw: 0.95 }).split(' ')[0], 'inner/cheap');
  });
  test('from 70/30 to 80/20 moves a tenth of the sessions, all of them to the grown target', () => {
    const weights = (a: number, b: number): Partial<Chain> => {
      const [first, second] = (base.chains.get('c') as Chain).targets;
      if (first === undefined || second === undefined) return assert.fail();
      return {
        sticky: 'session',
        targets: [
          { ...first, weight: a },
          { ...second, weight: b },
        ],
      };
    };
    const sessions = Array.from({ length: 2000 }, (_, index) => `session-${index}`);
    const moved = sessions.filter((session) => {
      const before = orderUnder(weights(70, 30), {}, { session });
      const after = orderUnder(weights(80, 20), {}, { session });
      if (before !== after) assert.equal(after, 'c/a c/b');
      return before !== after;
    });
    assert.ok(moved.length > 140 && moved.length < 260, `${moved.length} of 2000 moved`);
  });
});

test('a stable draw is the beginning of the SHA-256 digest as a fraction, in every release', () => {
  // e3b0c442… and ca978112…, the published digests of the empty text and of `a`.
  assert.deepEqual(
    ['', 'a'].map((text) => stableDraw(text).toFixed(6)),
    ['0.889416', '0.791374'],
  );
});

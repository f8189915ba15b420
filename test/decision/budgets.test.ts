import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type CounterState, type Decision, decide, type Facts, match, neededFacts, type RequestFacts } from '#decision';
import type { Route } from '#snapshot';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { factsOf, NOON, requestOf } from './build.ts';

const BASE = `
kind: Project
metadata: { name: company }
spec: { timezone: Asia/Tokyo }
---
kind: Consumer
metadata: { name: division, labels: { team: all } }
---
kind: Consumer
metadata: { name: department, labels: { team: none } }
spec: { parent: division }
---
kind: Consumer
metadata: { name: app, labels: { team: product } }
spec: { parent: department }
---
kind: Consumer
metadata: { name: loner }
---
kind: Provider
metadata: { name: p }
spec: { dialect: openai-chat, baseUrl: https://p.example.com/v1, auth: { kind: none } }
---
kind: Provider
metadata: { name: q }
spec: { dialect: openai-chat, baseUrl: https://q.example.com/v1, auth: { kind: bearer, secret: { env: Q_KEY } }, region: us }
---
kind: Model
metadata: { name: p/dear }
spec: { provider: p, maxOutput: 1000, prices: [{ from: 2020-01-01, input: "10.00", output: "50.00", source: test }] }
---
kind: Model
metadata: { name: q/cheap }
spec: { provider: q, maxOutput: 1000, capabilities: [streaming], prices: [{ from: 2020-01-01, input: "1.00", output: "2.00", source: test }] }
---
kind: Model
metadata: { name: p/unpriced }
spec: { provider: p, maxOutput: 1000 }
---
kind: Chain
metadata: { name: main }
spec: { targets: [{ id: dear, model: p/dear }, { id: cheap, model: q/cheap }] }
---
kind: Chain
metadata: { name: economy }
spec: { targets: [{ id: cheap, model: q/cheap }] }
---
kind: Chain
metadata: { name: unknown }
spec: { targets: [{ id: dear, model: p/dear }, { id: what, model: p/unpriced }] }
---
kind: Route
metadata: { name: main }
spec: { match: {}, chain: main }
---
kind: Route
metadata: { name: unknown }
spec: { match: { models: [mystery] }, chain: unknown }
---
`;

/** 100 tokens in at 10 and 1000 out at 50 USD per million; then 1 and 2. */
const DEAR = 51_000;
const CHEAP = 2_100;

interface Case {
  readonly budgets: string;
  readonly request?: Partial<RequestFacts>;
  readonly facts?: Partial<Facts>;
  /** By budget name, on all its counters. */
  readonly state?: Readonly<Record<string, CounterState>>;
}

function admitted({ budgets, request = {}, facts = {}, state = {} }: Case): Decision {
  const snapshot = compileInlineSnapshot(`${BASE}${budgets}`);
  const labels = snapshot.consumers.get(request.consumer ?? 'app')?.labels ?? {};
  const full = requestOf({ model: 'any', labels, ...request });
  const found = match(snapshot, full, NOON);
  if (found.kind === 'unmatched') return assert.fail();
  const counters: Record<string, CounterState> = {};
  for (const { key, budget } of found.needs.counters) counters[key] = state[budget] ?? { spent: 0, held: 0 };
  return decide(snapshot, full, found.route, factsOf({ counters, ...facts }));
}

function budget(name: string, spec: string): string {
  return `kind: Budget\nmetadata: { name: ${name} }\nspec: ${spec}`;
}

const dayCost = (scope: string, more = 'onExhausted: deny') =>
  budget('b', `{ scope: ${scope}, limit: { cost: "1 USD" }, window: { every: day }, ${more} }`);

function held(decision: Decision): readonly string[] {
  if (decision.kind === 'deny') return assert.fail(decision.message);
  return decision.reservations.map(({ counter, amount, targets }) => {
    const suffix = targets === null ? '' : ` of ${targets.join(' ')}`;
    return `${counter.key} ${amount}${suffix}`;
  });
}

describe('a request is held on', () => {
  const start = '2026-11-22T15:00:00.000Z';
  const cases: readonly (readonly [string, string, Partial<RequestFacts>, readonly string[]])[] = [
    ['a budget on everything', dayCost('{}'), {}, [`budget:b::${start} ${DEAR}`]],
    ['a budget on its consumer', dayCost('{ consumers: [app] }'), {}, [`budget:b::${start} ${DEAR}`]],
    ['no budget on another consumer', dayCost('{ consumers: [loner] }'), {}, []],
    ['a budget on its parent', dayCost('{ consumers: [department] }'), {}, [`budget:b::${start} ${DEAR}`]],
    ['a budget on its parent’s parent', dayCost('{ consumers: [division] }'), {}, [`budget:b::${start} ${DEAR}`]],
    [
      'one counter where consumer and parent share a budget',
      dayCost('{ consumers: [app, division] }'),
      {},
      [`budget:b::${start} ${DEAR}`],
    ],
    [
      'one for each of them where it is split',
      dayCost('{}', 'per: [consumer], onExhausted: deny'),
      {},
      ['app', 'department', 'division'].map((name) => `budget:b:${name}:${start} ${DEAR}`),
    ],
    ['a budget on its labels', dayCost('{ labels: { team: [product] } }'), {}, [`budget:b::${start} ${DEAR}`]],
    ['a budget on a parent’s labels', dayCost('{ labels: { team: [all] } }'), {}, [`budget:b::${start} ${DEAR}`]],
    ['no budget on other labels', dayCost('{ labels: { team: [test] } }'), {}, []],
    ['a budget on its route', dayCost('{ routes: ["ma*"] }'), {}, [`budget:b::${start} ${DEAR}`]],
    ['no budget on another route', dayCost('{ routes: [unknown] }'), {}, []],
    [
      'a budget on its metadata',
      dayCost('{ metadata: { user: [u1] } }'),
      { metadata: { user: 'u1' } },
      [`budget:b::${start} ${DEAR}`],
    ],
    ['no budget on other metadata', dayCost('{ metadata: { user: [u1] } }'), {}, []],
    [
      'a budget on a model, for what that model can cost',
      dayCost('{ models: ["q/*"] }'),
      {},
      [`budget:b::${start} ${CHEAP} of main/cheap`],
    ],
    ['a budget on a provider', dayCost('{ providers: [p] }'), {}, [`budget:b::${start} ${DEAR} of main/dear`]],
    ['no budget on a model the plan does not reach', dayCost('{ models: ["x/*"] }'), {}, []],
    [
      'one counter for each model',
      dayCost('{}', 'per: [model], onExhausted: deny'),
      {},
      [`budget:b:p%2Fdear:${start} ${DEAR} of main/dear`, `budget:b:q%2Fcheap:${start} ${CHEAP} of main/cheap`],
    ],
    [
      'one counter for each value of metadata, escaped',
      dayCost('{}', 'per: [metadata.user, route], onExhausted: deny'),
      { metadata: { user: 'a:b,\ud800' } },
      [`budget:b:a%3Ab%2C%EF%BF%BD,main:${start} ${DEAR}`],
    ],
    [
      'one counter for each consumer and model, parents included',
      dayCost('{ consumers: [app, department] }', 'per: [consumer, model], onExhausted: deny'),
      {},
      ['app', 'department'].flatMap((name) => [
        `budget:b:${name},p%2Fdear:${start} ${DEAR} of main/dear`,
        `budget:b:${name},q%2Fcheap:${start} ${CHEAP} of main/cheap`,
      ]),
    ],
    [
      'one counter for each team and provider',
      dayCost('{ consumers: [app] }', 'per: [label.team, provider], onExhausted: deny'),
      {},
      [`budget:b:product,p:${start} ${DEAR} of main/dear`, `budget:b:product,q:${start} ${CHEAP} of main/cheap`],
    ],
    [
      'tokens: input and output of the largest target',
      budget('b', '{ limit: { tokens: 5000 }, window: { every: day }, onExhausted: deny }'),
      { choices: 2 },
      [`budget:b::${start} 2100`],
    ],
    [
      'input tokens',
      budget('b', '{ limit: { inputTokens: 5000 }, window: { every: day }, onExhausted: deny }'),
      {},
      [`budget:b::${start} 100`],
    ],
    [
      'output tokens, as bounded by the request',
      budget('b', '{ limit: { outputTokens: 5000 }, window: { every: day }, onExhausted: deny }'),
      { maxOutputTokens: 70 },
      [`budget:b::${start} 70`],
    ],
    [
      'requests, rolling',
      budget('b', '{ limit: { requests: 5 }, window: { rolling: 60s }, onExhausted: deny }'),
      {},
      ['budget:b::rolling 1'],
    ],
    [
      'concurrency',
      budget('b', '{ limit: { concurrency: 5 }, window: { rolling: 60s }, onExhausted: deny }'),
      {},
      ['budget:b::rolling 1'],
    ],
    [
      'an unpriced target at the dearest price known',
      dayCost('{}'),
      { model: 'mystery' },
      [`budget:b::${start} ${DEAR}`],
    ],
  ];
  for (const [what, budgets, request, expected] of cases) {
    test(what, () => assert.deepEqual(held(admitted({ budgets, request })), expected));
  }
});

describe('an exhausted budget', () => {
  const rolling = (limit: string) => budget('b', `{ limit: ${limit}, window: { rolling: 60s }, onExhausted: deny }`);
  const dailyTokens = budget('b', '{ limit: { tokens: 5000 }, window: { every: day }, onExhausted: deny }');
  // From noon UTC to midnight in Tokyo.
  const untilMidnight = 3 * 3_600_000;
  const cases: readonly (readonly [string, Case, string, number | null])[] = [
    [
      'of cost refuses until its window ends',
      { budgets: dayCost('{}'), state: { b: { spent: 1_000_000 - DEAR, held: 1 } } },
      '429 budget_exceeded: budget b is exhausted: 0.949 USD spent + 0.000001 USD held + 0.051 USD for this request over 1.00 USD',
      untilMidnight,
    ],
    [
      'admits what just fits',
      { budgets: dayCost('{}'), state: { b: { spent: 900_000, held: 100_000 - DEAR } } },
      'allowed',
      null,
    ],
    [
      'of tokens',
      { budgets: dailyTokens, state: { b: { spent: 3901, held: 0 } } },
      '429 budget_exceeded: budget b is exhausted: 3901 spent + 0 held + 1100 for this request over 5000 tokens',
      untilMidnight,
    ],
    [
      'of requests is a rate',
      { budgets: rolling('{ requests: 5 }'), state: { b: { spent: 4, held: 1 } } },
      '429 rate_limited: budget b is exhausted: 4 spent + 1 held + 1 for this request over 5 requests',
      60_000,
    ],
    [
      'of concurrency',
      { budgets: rolling('{ concurrency: 2 }'), state: { b: { spent: 0, held: 2 } } },
      '429 rate_limited: budget b is exhausted: 0 spent + 2 held + 1 for this request over 2 at a time',
      1000,
    ],
    [
      'that is split names its share',
      {
        budgets: dayCost('{}', 'per: [metadata.user], onExhausted: deny'),
        request: { metadata: { user: 'u1' } },
        state: { b: { spent: 1_000_000, held: 0 } },
      },
      '429 budget_exceeded: budget b (u1) is exhausted: 1.00 USD spent + 0.00 USD held + 0.051 USD for this request over 1.00 USD',
      untilMidnight,
    ],
    [
      'without an action refuses',
      { budgets: dayCost('{}', ''), state: { b: { spent: 1_000_000, held: 0 } } },
      '429 budget_exceeded: budget b is exhausted: 1.00 USD spent + 0.00 USD held + 0.051 USD for this request over 1.00 USD',
      untilMidnight,
    ],
    [
      'that refuses unpriced models',
      { budgets: dayCost('{}', 'unpriced: deny, onExhausted: deny'), request: { model: 'mystery' } },
      '403 model_not_allowed: budget b refuses models without a price, and unknown/what has none',
      null,
    ],
    [
      'of a parent refuses its children',
      { budgets: dayCost('{ consumers: [division] }'), state: { b: { spent: 1_000_000, held: 0 } } },
      '429 budget_exceeded: budget b is exhausted: 1.00 USD spent + 0.00 USD held + 0.051 USD for this request over 1.00 USD',
      untilMidnight,
    ],
    [
      'that cannot be read fails closed',
      { budgets: dayCost('{}'), facts: { countersUnread: true } },
      '503 store_unavailable: budget b cannot be read and fails closed',
      1000,
    ],
    [
      'that cannot be read fails open',
      {
        budgets: dayCost('{}', 'failMode: open, onExhausted: deny'),
        facts: { countersUnread: true },
        state: { b: { spent: 9_000_000, held: 0 } },
      },
      'allowed',
      null,
    ],
    [
      'that cannot be read decides by what is known',
      {
        budgets: dayCost('{}', 'failMode: last-known, onExhausted: deny'),
        facts: { countersUnread: true },
        state: { b: { spent: 1_000_000, held: 0 } },
      },
      '429 budget_exceeded: budget b is exhausted: 1.00 USD spent + 0.00 USD held + 0.051 USD for this request over 1.00 USD',
      untilMidnight,
    ],
  ];
  for (const [what, scenario, expected, retryAfterMs] of cases) {
    test(what, () => {
      const decision = admitted(scenario);
      const text = decision.kind === 'deny' ? `${decision.status} ${decision.code}: ${decision.message}` : 'allowed';
      assert.equal(text, expected);
      if (decision.kind === 'deny') {
        assert.equal(decision.retryAfterMs, retryAfterMs);
        assert.equal(decision.at?.file, 'inline.yaml');
      }
    });
  }

  test('that warns lets through, says so, and is not enforced', () => {
    const decision = admitted({
      budgets: dayCost('{}', 'onExhausted: warn'),
      state: { b: { spent: 2_000_000, held: 0 } },
    });
    if (decision.kind === 'deny') return assert.fail();
    assert.deepEqual(
      decision.notes.map(({ kind }) => kind),
      ['budget-warn'],
    );
    assert.deepEqual(
      decision.reservations.map(({ enforce, amount }) => [enforce, amount]),
      [[false, DEAR]],
    );
  });
});

describe('a budget that hands over to a chain', () => {
  const handsOver = dayCost('{}', 'onExhausted: { chain: economy }');
  const spent = { b: { spent: 1_000_000, held: 0 } };

  test('has the request planned with that chain, says so, and still counts it', () => {
    const decision = admitted({ budgets: handsOver, state: spent });
    if (decision.kind === 'deny') return assert.fail(decision.message);
    assert.deepEqual([decision.plan.chain, decision.plan.targets.map(({ id }) => id)], ['economy', ['economy/cheap']]);
    assert.deepEqual(
      decision.notes.map(({ kind }) => kind),
      ['budget-downgrade'],
    );
    assert.deepEqual(
      decision.reservations.map(({ enforce, amount }) => [enforce, amount]),
      [[false, CHEAP]],
    );
  });

  test('can make room under a budget that would have refused', () => {
    const budgets = `${handsOver}\n---\n${budget('hard', '{ limit: { cost: "1 USD" }, window: { every: month }, onExhausted: deny }')}`;
    const decision = admitted({ budgets, state: { ...spent, hard: { spent: 1_000_000 - CHEAP, held: 0 } } });
    assert.equal(decision.kind, 'allow');
  });

  test('does not get past another budget that refuses even so', () => {
    const budgets = `${handsOver}\n---\n${budget('hard', '{ limit: { cost: "1 USD" }, window: { every: month }, onExhausted: deny }')}`;
    const decision = admitted({ budgets, state: { ...spent, hard: { spent: 1_000_000 - CHEAP + 1, held: 0 } } });
    assert.match(decision.kind === 'deny' ? decision.message : '', /^budget hard is exhausted/);
  });

  test('is a hop like any other: what the request needs, the new chain must be able to do', () => {
    const decision = admitted({ budgets: handsOver, state: spent, request: { toolCount: 1 } });
    assert.match(
      decision.kind === 'deny' ? `${decision.code}: ${decision.message}` : '',
      /^budget_exceeded: .*; no target of its chain economy is left: economy\/cheap cannot do tools$/,
    );
  });
});

test('a budget for each of many consumers is looked up, not searched', () => {
  const consumers = Array.from({ length: 50 }, (_, index) => `kind: Consumer\nmetadata: { name: c${index} }`);
  const budgets = Array.from({ length: 50 }, (_, index) =>
    budget(
      `b${index}`,
      `{ scope: { consumers: [c${index}] }, limit: { requests: 5 }, window: { rolling: 60s }, onExhausted: deny }`,
    ),
  );
  const snapshot = compileInlineSnapshot([BASE.replace(/\n---\n$/, ''), ...consumers, ...budgets].join('\n---\n'));
  const { counters } = neededFacts(snapshot, requestOf({ consumer: 'c7' }), snapshot.routes.get('main') as Route, NOON);
  assert.deepEqual(
    counters.map(({ budget: name }) => name),
    ['b7'],
  );
});

test('what is admitted fits under every enforced limit, and every refusal is of a budget without room', () => {
  const budgets = [
    budget('cost', '{ limit: { cost: "1 USD" }, window: { every: day }, onExhausted: deny }'),
    budget('tokens', '{ limit: { tokens: 5000 }, window: { every: week }, onExhausted: { chain: economy } }'),
    budget('calls', '{ limit: { requests: 10 }, window: { rolling: 60s }, onExhausted: deny }'),
  ].join('\n---\n');
  const snapshot = compileInlineSnapshot(`${BASE}${budgets}`);
  const route = snapshot.routes.get('main') as Route;
  const state = (max: number) => fc.record({ spent: fc.nat({ max }), held: fc.nat({ max }) });
  const worlds = fc.record({ cost: state(600_000), tokens: state(3000), calls: state(6) });
  fc.assert(
    fc.property(worlds, fc.nat({ max: 3000 }), (world, inputTokens) => {
      const request = requestOf({ model: 'any', inputTokens });
      const byBudget: Readonly<Record<string, CounterState>> = world;
      const counters: Record<string, CounterState> = {};
      for (const { key, budget: name } of neededFacts(snapshot, request, route, NOON).counters) {
        counters[key] = byBudget[name] ?? { spent: 0, held: 0 };
      }
      const decision = decide(snapshot, request, route, factsOf({ counters }));
      if (decision.kind === 'deny') {
        assert.equal(decision.status, 429);
        assert.ok((decision.retryAfterMs ?? 0) > 0);
        return;
      }
      for (const { counter, amount, enforce } of decision.reservations) {
        const { spent = 0, held: under = 0 } = counters[counter.key] ?? {};
        assert.ok(!enforce || spent + under + amount <= counter.limit, counter.key);
      }
    }),
  );
});

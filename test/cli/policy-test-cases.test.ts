import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePolicies } from '#policy';
import { measureCoverage, percentOf, totalOf } from '../../src/cli/test/coverage.ts';
import { findCases } from '../../src/cli/test/find-cases.ts';
import { type CaseResult, runCase } from '../../src/cli/test/run-cases.ts';
import { compileInlineSnapshot, inlineSources } from '../support/compile-inline.ts';

const policies = `
kind: Consumer
metadata: { name: shop, labels: { team: product } }
spec: { allow: { models: ["openai/*", "anthropic/*"] }, ipAllow: [10.0.0.0/8] }
---
kind: Consumer
metadata: { name: other }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium, limits: { maxInputTokens: 1000, maxOutputTokens: 500 } }
---
kind: Route
metadata: { name: cheap }
spec: { match: { models: [openai/gpt-4o-mini] }, chain: nested, cache: week }
---
kind: Route
metadata: { name: closed }
spec: { match: { paths: [/old] }, deny: { status: 410, message: gone } }
---
kind: Chain
metadata: { name: premium }
spec:
  fallbackOn: [rate-limit, server-error, timeout, network, auth, malformed, context-overflow, stream-error]
  defaults: { timeouts: { firstToken: 5s, total: 20s }, retry: { max: 0, on: [] } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
---
kind: Chain
metadata: { name: economy }
spec:
  defaults: { timeouts: { firstToken: 5s, total: 20s }, retry: { max: 0, on: [] } }
  targets: [{ id: mini, model: openai/gpt-4o-mini }]
---
kind: Chain
metadata: { name: nested }
spec:
  defaults: { timeouts: { firstToken: 5s, total: 20s }, retry: { max: 0, on: [] } }
  targets: [{ id: cheap, chain: economy }, { id: rescue, model: anthropic/claude-sonnet-4-5 }]
---
kind: Cache
metadata: { name: week }
spec: { mode: exact, ttl: 7d, maxTemperature: 1, staleIfError: 1h, neverWhen: { hasTools: true, metadata: { now: ["yes"] } } }
---
kind: Budget
metadata: { name: shop-day }
spec:
  scope: { consumers: [shop] }
  limit: { cost: "1 USD" }
  window: { every: day, timezone: UTC }
  alertAt: [80%, 100%]
  onExhausted: { chain: economy }
---
kind: Budget
metadata: { name: per-team }
spec: { per: [consumer], limit: { requests: 5 }, window: { rolling: 60s }, onExhausted: deny }
---
kind: Budget
metadata: { name: at-once }
spec: { per: [consumer], limit: { concurrency: 2 }, window: { rolling: 60s }, onExhausted: deny }
---
kind: Alert
metadata: { name: shop-half }
spec: { when: { metric: budget-used, budget: shop-day, above: 50% }, to: [ops] }
---
kind: Alert
metadata: { name: errors }
spec: { when: { metric: error-rate, above: 5%, over: 5m }, to: [ops] }
---
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
`;
const snapshot = compileInlineSnapshot(policies, { environment: 'production' });

/** Runs cases written as YAML flow maps. */
function run(...cases: readonly string[]): readonly CaseResult[] {
  const text = `kind: Test\nmetadata: { name: cases }\nspec:\n  cases:${cases.length === 0 ? ' []' : ''}\n${cases.map((each) => `    - ${each}\n`).join('')}`;
  const parsed = parsePolicies(inlineSources({ 'cases.test.yaml': text }));
  assert.deepEqual(parsed.diagnostics, []);
  return findCases(parsed.documents, 'production').map((found) => runCase(found, snapshot));
}

const ask = 'request: { consumer: shop, model: gpt-4o, inputTokens: 100, maxOutputTokens: 100 }';
const askCheap = 'request: { consumer: shop, model: gpt-4o-mini, inputTokens: 100, maxOutputTokens: 100 }';

const passing: readonly (readonly [name: string, rest: string])[] = [
  [
    'route, chain, target, provider and model',
    `${ask}, expect: { route: default, chain: premium, target: premium/gpt, provider: openai, model: openai/gpt-4o }`,
  ],
  [
    'a fallback with its attempts, targets in full or bare',
    `${ask}, upstream: { gpt: [{ status: 503 }] }, expect: { attempts: [gpt, premium/claude], fallback: server-error }`,
  ],
  [
    'nested targets by their own chain',
    `${askCheap}, upstream: { economy/mini: [{ status: 401 }] }, expect: { attempts: [economy/mini, rescue], target: nested/rescue }`,
  ],
  [
    'what every target answered last',
    `${ask}, upstream: { gpt: [{ status: 503 }], claude: [{ status: 429 }] }, expect: { target: null, status: 429, code: chain_exhausted }`,
  ],
  ['a latency over the timeout', `${ask}, upstream: { gpt: [{ latency: 21s }] }, expect: { fallback: timeout }`],
  [
    'missing secrets',
    `${ask}, state: { secretsMissing: ["env:OPENAI_API_KEY"] }, expect: { skipped: { gpt: secret-missing }, attempts: [claude] }`,
  ],
  [
    'open breakers',
    `${ask}, state: { breakers: { premium/gpt: open, premium/claude: closed } }, expect: { fallback: breaker-open }`,
  ],
  [
    'the address of the client',
    'request: { consumer: shop, model: gpt-4o, ip: 192.0.2.1 }, expect: { status: 403, code: ip_not_allowed }',
  ],
  ['no consumer at all', 'request: { model: gpt-4o }, expect: { route: null, status: 401, code: invalid_api_key }'],
  [
    'a route that refuses',
    'request: { consumer: shop, path: /old }, expect: { route: closed, status: 410, code: route_denied, cost: "0 USD" }',
  ],
  ['limits', 'request: { consumer: shop, model: gpt-4o, inputTokens: 1001 }, expect: { code: limit_exceeded }'],
  ['a split budget', `${ask}, state: { spent: { "per-team[shop]": 5 } }, expect: { status: 429, code: rate_limited }`],
  ['a split budget of somebody else', `${ask}, state: { spent: { "per-team[other]": 5 } }, expect: { status: 200 }`],
  ['calls at the same time', `${ask}, state: { spent: { "at-once[shop]": 2 } }, expect: { code: rate_limited }`],
  [
    'a budget that hands over',
    `${ask}, state: { spent: { shop-day: "1 USD" } }, expect: { chain: economy, target: economy/mini, degraded: true }`,
  ],
  [
    'costs to the micro-dollar',
    `${ask}, upstream: { gpt: [{ inputTokens: 100, outputTokens: 50 }] }, expect: { cost: "0.00075 USD", alerts: [] }`,
  ],
  [
    'thresholds and alerts that the request crosses',
    `${ask}, state: { spent: { shop-day: "0.4999 USD" } }, upstream: { gpt: [{ outputTokens: 50 }] }, expect: { alerts: [shop-half] }`,
  ],
  [
    'alerts in any order',
    `${ask}, state: { spent: { shop-day: "0.49 USD" } }, upstream: { gpt: [{ outputTokens: 40000 }] }, expect: { alerts: [shop-half, shop-day-80] }`,
  ],
  ['no cache without one', `${ask}, state: { cache: hit }, expect: { cache: "off", attempts: [gpt] }`],
  [
    'a hit, which costs nothing',
    `${askCheap}, state: { cache: hit }, expect: { cache: hit, attempts: [], target: null, cost: "0 USD", status: 200 }`,
  ],
  [
    'a hit only for who may ask',
    'request: { consumer: other, model: gpt-4o-mini }, state: { cache: hit, spent: { "per-team[other]": 5 } }, expect: { cache: "off", status: 429 }',
  ],
  [
    'what a cache excludes',
    'request: { consumer: shop, model: gpt-4o-mini, tools: 1 }, state: { cache: hit }, expect: { cache: "off" }',
  ],
  [
    'metadata that a cache excludes',
    'request: { consumer: shop, model: gpt-4o-mini, metadata: { now: "yes" } }, expect: { cache: "off" }',
  ],
  [
    'answers too hot for a cache',
    'request: { consumer: shop, model: gpt-4o-mini, temperature: 1.5 }, expect: { cache: "off" }',
  ],
  [
    'a stale answer when all else fails',
    `${askCheap}, state: { cache: stale }, upstream: { economy/mini: [{ status: 500 }], rescue: [{ status: 500 }] }, expect: { cache: stale, status: 200 }`,
  ],
  [
    'no stale answer while a target does',
    `${askCheap}, state: { cache: stale }, expect: { cache: miss, target: economy/mini }`,
  ],
];

const failing: readonly (readonly [rest: string, field: string, expected: unknown, actual: unknown])[] = [
  [`${ask}, expect: { status: 201 }`, 'status', 201, 200],
  [`${ask}, expect: { route: cheap }`, 'route', 'cheap', 'default'],
  [`${ask}, expect: { attempts: [gpt, claude] }`, 'attempts', ['gpt', 'claude'], ['gpt']],
  [`${ask}, expect: { skipped: { gpt: residency } }`, 'skipped', { gpt: 'residency' }, {}],
  [`${ask}, expect: { fallback: auth }`, 'fallback', 'auth', null],
  [`${ask}, expect: { cost: "1 USD" }`, 'cost', '1 USD', '0.00025 USD'],
  [`${ask}, expect: { alerts: [shop-half] }`, 'alerts', ['shop-half'], []],
  [`${ask}, expect: { degraded: true }`, 'degraded', true, false],
  [`${ask}, expect: { cache: hit }`, 'cache', 'hit', 'off'],
  [`${ask}, expect: { code: budget_exceeded }`, 'code', 'budget_exceeded', null],
];

const vacuous: readonly (readonly [rest: string, message: RegExp])[] = [
  [ask, /expects nothing/],
  [`${ask}, expect: {}`, /expects nothing/],
  [`${ask}, expect: { x-note: none }`, /expects nothing/],
  [`${ask}, expect: { route: defualt }`, /no route `defualt`/],
  [`${ask}, expect: { chain: premum }`, /no chain `premum`/],
  [`${ask}, expect: { target: premium/gtp }`, /no target `premium\/gtp`/],
  [`${ask}, expect: { attempts: [gtp] }`, /no target `gtp`/],
  [`${ask}, expect: { skipped: { gtp: residency } }`, /no target `gtp`/],
  [`${ask}, expect: { provider: opnai }`, /no provider `opnai`/],
  [`${ask}, expect: { model: gpt-4o }`, /no model `gpt-4o`/],
  [`${ask}, expect: { alerts: [nope] }`, /no alert `nope`/],
  [`${ask}, expect: { alerts: [errors] }`, /alert `errors` looks at many requests/],
  [`${ask}, upstream: { gtp: [{ status: 500 }] }, expect: { status: 200 }`, /no target `gtp`/],
  [
    `${askCheap}, upstream: { mini: [{ status: 500 }] }, expect: { status: 200 }`,
    /`mini` is no target of chain nested itself/,
  ],
  [`${ask}, state: { breakers: { gpt: open } }, expect: { status: 200 }`, /no target `gpt`/],
  [`${ask}, state: { spent: { shop-month: "1 USD" } }, expect: { status: 200 }`, /no budget `shop-month`/],
  [`${ask}, state: { spent: { shop-day: 5 } }, expect: { status: 200 }`, /counts cost; expected money/],
  [`${ask}, state: { spent: { per-team: 5 } }, expect: { status: 200 }`, /split by consumer/],
  [`${ask}, state: { spent: { "shop-day[shop]": "1 USD" } }, expect: { status: 200 }`, /is not split/],
  [`${ask}, state: { spent: { "per-team[shpo]": 5 } }, expect: { status: 200 }`, /no consumer `shpo`/],
  [`${ask}, state: { secretsMissing: ["env:OPENAI_KEY"] }, expect: { status: 200 }`, /no secret `env:OPENAI_KEY`/],
  ['request: { consumer: shpo }, expect: { status: 401 }', /no consumer `shpo`/],
];

describe('cases of policy tests', () => {
  for (const [name, rest] of passing) {
    it(`tell ${name}`, () => {
      const [result] = run(`{ name: one, ${rest} }`);
      assert.deepEqual([result?.kind, result?.mismatches, result?.problems], ['passed', [], []]);
    });
  }
  for (const [rest, field, expected, actual] of failing) {
    it(`fail on ${field}`, () => {
      const [result] = run(`{ name: one, ${rest} }`);
      assert.equal(result?.kind, 'failed');
      const [mismatch, ...more] = result.mismatches;
      assert.deepEqual([mismatch?.field, mismatch?.expected, mismatch?.actual, more], [field, expected, actual, []]);
      assert.equal(mismatch?.at?.file, 'inline.yaml', 'the line of policy that decided');
    });
  }
  for (const [rest, message] of vacuous) {
    it(`cannot be checked when ${message.source}`, () => {
      const [result] = run(`{ name: one, ${rest} }`);
      assert.equal(result?.kind, 'vacuous');
      assert.match(result.problems[0]?.message ?? '', message);
    });
  }
});

describe('coverage of policy tests', () => {
  const parsed = parsePolicies(inlineSources({ 'inline.yaml': policies }));
  const missingOf = (kind: 'routes' | 'targets' | 'branches' | 'budgets' | 'alerts', ...cases: readonly string[]) =>
    measureCoverage(parsed, [snapshot], run(...cases))[kind].missing.map(({ key }) => key);
  const fallback = `{ name: one, ${ask}, upstream: { gpt: [{ status: 401 }] }, expect: { status: 200 } }`;

  it('counts a route by any request it takes', () => {
    assert.deepEqual(missingOf('routes', fallback), ['Route/cheap', 'Route/closed']);
  });

  it('counts a target by a call, a nested chain by a call to any of its own', () => {
    const nested = `{ name: two, ${askCheap}, expect: { status: 200 } }`;
    assert.deepEqual(missingOf('targets', fallback, nested), ['Chain/nested targets[rescue]']);
  });

  it('counts a hand-over by target, its outcome by the list that names it, and refusals by the field that refused', () => {
    const denied = '{ name: two, request: { consumer: shop, path: /old }, expect: { status: 410 } }';
    const before = missingOf('branches');
    const after = missingOf('branches', fallback, denied);
    assert.deepEqual(
      before.filter((key) => !after.includes(key)),
      ['Route/closed deny', 'Chain/premium fallbackOn auth', 'Chain/premium targets[gpt] hands over'],
    );
    assert.ok(
      !before.some((key) => key.startsWith('Chain/premium targets[claude]')),
      'the last target hands over to nobody',
    );
  });

  it('counts a call to a nested chain that is left as a hand-over of that chain', () => {
    const left = `{ name: two, ${askCheap}, upstream: { economy/mini: [{ status: 401 }] }, expect: { status: 200 } }`;
    const missing = missingOf('branches', left);
    assert.ok(!missing.includes('Chain/nested targets[cheap] hands over'));
    assert.ok(
      missing.every((key) => !key.startsWith('Chain/economy ')),
      'of which the one target hands over to nobody',
    );
  });

  it('counts actions of budgets and the thresholds crossed', () => {
    const spent = `{ name: two, ${ask}, state: { spent: { shop-day: "1 USD" } }, expect: { status: 200 } }`;
    assert.deepEqual(missingOf('budgets', spent), ['Budget/per-team onExhausted', 'Budget/at-once onExhausted']);
    const crossed = `{ name: two, ${ask}, state: { spent: { shop-day: "0.79 USD" } }, upstream: { gpt: [{ outputTokens: 5000 }] }, expect: { status: 200 } }`;
    assert.deepEqual(missingOf('alerts', crossed), ['Budget/shop-day alertAt 100%', 'Alert/shop-half']);
  });

  it('counts no call for an answer from the cache', () => {
    const hit = `{ name: two, ${askCheap}, state: { cache: hit }, expect: { status: 200 } }`;
    assert.ok(missingOf('targets', hit).includes('Chain/economy targets[mini]'));
  });

  it('counts nothing that a case which cannot be checked came by', () => {
    assert.equal(missingOf('routes', `{ name: one, ${ask} }`).length, 3);
  });

  it('rounds down, so that 100% means all', () => {
    assert.equal(percentOf({ covered: 199, total: 200 }), 99);
    assert.equal(percentOf({ covered: 0, total: 0 }), 100);
    const { covered, total } = totalOf(measureCoverage(parsed, [snapshot], run(fallback)));
    assert.ok(covered > 0 && covered < total);
  });
});

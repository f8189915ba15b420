import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import {
  type AlertInputs,
  type AlertState,
  advanceAlert,
  alertRules,
  type BudgetReading,
  dueReceivers,
  durationClass,
  hasRoomFor,
  type Incident,
  QUIET,
  quietBecause,
  readAlert,
} from '../../src/alerts/index.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 9);
const DAY_MS = 86_400_000;
const EMPTY: AlertInputs = {
  nowMs: NOW_MS,
  totals: { count: 0, bad: 0, costMicroUsd: 0, sketch: {}, causes: {}, providers: {} },
  budgets: [],
  usualMicroUsd: null,
  openBreakers: [],
  rejected: null,
  keys: [],
  secrets: [],
};

function rule(when: string, scope = '{}') {
  const [found] = alertRules(
    compileInlineSnapshot(`
kind: Receiver
metadata: { name: ops }
spec: { email: { to: [ops@example.com] } }
---
kind: Budget
metadata: { name: day }
spec: { limit: { cost: 10 USD }, window: { every: day, timezone: UTC }, onExhausted: deny }
---
kind: Alert
metadata: { name: a }
spec: { when: ${when}, scope: ${scope}, to: [ops] }
`),
  );
  assert.ok(found);
  return found;
}

const budget = (more: Partial<BudgetReading>): BudgetReading => ({
  ...{ budget: 'day', split: [], unit: 'cost', limit: 10_000_000, spent: 0, windowEndMs: NOW_MS + DAY_MS },
  ...{ projected: null, reachesLimitAtMs: null },
  ...more,
});
const rate = (bad: number, count: number) => ({ totals: { ...EMPTY.totals, bad, count } });
const cost = (costMicroUsd: number, usualMicroUsd: number | null = null) => ({
  ...{ totals: { ...EMPTY.totals, count: 100, costMicroUsd }, usualMicroUsd },
});
const calls = (ok: number, failed: number) => ({
  totals: { ...EMPTY.totals, providers: { openai: [ok, failed] as const } },
});

/** Durations in milliseconds, each so often. */
const durations = (...counts: readonly (readonly [ms: number, count: number])[]) => ({
  totals: {
    ...EMPTY.totals,
    count: counts.reduce((sum, [, count]) => sum + count, 0),
    sketch: Object.fromEntries(counts.map(([ms, count]) => [durationClass(ms), count])),
  },
});

// biome-ignore format: a table
const CASES: readonly (readonly [when: string, inputs: Partial<AlertInputs>, isMet: boolean | null])[] = [
  ['{ metric: error-rate, above: 5% }', rate(5, 100), false],
  ['{ metric: error-rate, above: 5% }', rate(6, 100), true],
  ['{ metric: error-rate, above: 5% }', rate(19, 19), null],
  ['{ metric: fallback-share, above: 20% }', rate(20, 100), false],
  ['{ metric: fallback-share, above: 20% }', rate(21, 100), true],
  ['{ metric: fallback-share, above: 20%, minRequests: 0 }', {}, null],
  ['{ metric: cache-hit-rate, below: 10% }', rate(90, 100), false],
  ['{ metric: cache-hit-rate, below: 10% }', rate(91, 100), true],
  ['{ metric: cost, above: 1 USD, over: 1h }', cost(1_000_000), false],
  ['{ metric: cost, above: 1 USD, over: 1h }', cost(1_000_001), true],
  ['{ metric: spend-anomaly, factor: 3 }', cost(9_000_000), null],
  ['{ metric: spend-anomaly, factor: 3 }', cost(3_000_000, 1_000_000), false],
  ['{ metric: spend-anomaly, factor: 3 }', cost(3_000_001, 1_000_000), true],
  ['{ metric: spend-anomaly, factor: 3 }', cost(20_000, 0), false],
  ['{ metric: budget-used, above: 80%, budget: day }', { budgets: [budget({ spent: 8_000_000 })] }, false],
  ['{ metric: budget-used, above: 80%, budget: day }', { budgets: [budget({}), budget({ spent: 8_000_001, split: ['b'] })] }, true],
  ['{ metric: forecast, budget: day }', { budgets: [budget({})] }, false],
  ['{ metric: forecast, budget: day }', { budgets: [budget({ reachesLimitAtMs: NOW_MS + DAY_MS })] }, true],
  ['{ metric: forecast, budget: day, within: 12h }', { budgets: [budget({ reachesLimitAtMs: NOW_MS + DAY_MS })] }, false],
  ['{ metric: forecast, budget: day, above: 120% }', { budgets: [budget({ projected: 12_000_000 })] }, false],
  ['{ metric: forecast, budget: day, above: 120% }', { budgets: [budget({ projected: 12_100_000 })] }, true],
  ['{ metric: latency, above: 3s }', durations([1000, 99], [3100, 1]), false],
  ['{ metric: latency, above: 3s }', durations([1000, 98], [3100, 2]), true],
  ['{ metric: latency, above: 3s }', durations([2970, 100]), false],
  ['{ metric: latency, above: 3s }', durations([9000, 19]), null],
  ['{ metric: first-token, above: 2s, quantile: p50 }', durations([1000, 50], [2100, 50]), false],
  ['{ metric: first-token, above: 2s, quantile: p50 }', durations([1000, 49], [2100, 51]), true],
  ['{ metric: breaker-open }', {}, false],
  ['{ metric: breaker-open }', { openBreakers: [{ target: 'a/b', provider: 'openai' }] }, true],
  ['{ metric: provider-down }', calls(0, 4), false],
  ['{ metric: provider-down }', calls(0, 5), true],
  ['{ metric: provider-down }', calls(1, 50), false],
  ['{ metric: policy-rejected }', {}, false],
  ['{ metric: policy-rejected }', { rejected: { atMs: NOW_MS, at: null, message: 'no' } }, true],
  ['{ metric: key-age, above: 90d }', { keys: [{ consumer: 'a', id: 'k', createdAtMs: NOW_MS - 90 * DAY_MS }] }, false],
  ['{ metric: key-age, above: 90d }', { keys: [{ consumer: 'a', id: 'k', createdAtMs: NOW_MS - 91 * DAY_MS }] }, true],
  ['{ metric: key-age, above: 90d }', { secrets: [{ provider: 'openai', id: 'env:K', createdAtMs: NOW_MS - 90 * DAY_MS }] }, false],
  ['{ metric: key-age, above: 90d }', { secrets: [{ provider: 'openai', id: 'env:K', createdAtMs: NOW_MS - 91 * DAY_MS }] }, true],
  ['{ metric: recorder-drops }', rate(0, 100), false],
  ['{ metric: recorder-drops }', rate(1, 100), true],
];

describe('a condition', () => {
  for (const [when, inputs, isMet] of CASES) {
    it(`${when} is ${isMet === null ? 'unknown' : isMet ? 'met' : 'not met'} by ${JSON.stringify(inputs).slice(0, 90)}`, () => {
      assert.equal(readAlert(rule(when), { ...EMPTY, ...inputs }).isMet, isMet);
    });
  }
});

describe('the age of keys', () => {
  it('is that of consumers’ keys and of providers’ secrets, or of those that the scope names', () => {
    const createdAtMs = NOW_MS - 200 * DAY_MS;
    const inputs = {
      ...EMPTY,
      keys: [{ consumer: 'shop', id: 'k1', createdAtMs }],
      secrets: [
        { provider: 'openai', id: 'env:OPENAI_API_KEY', createdAtMs },
        { provider: 'mistral', id: 'store:vault/llm#mistral', createdAtMs: createdAtMs - DAY_MS },
      ],
    };
    const of = (scope: string) => readAlert(rule('{ metric: key-age, above: 90d }', scope), inputs);
    assert.deepEqual(of('{}').subjects, ['mistral/store:vault/llm#mistral', 'openai/env:OPENAI_API_KEY', 'shop/k1']);
    assert.equal(of('{}').value, 201 * DAY_MS);
    assert.deepEqual(of('{ consumers: ["shop*"] }').subjects, ['shop/k1']);
    assert.deepEqual(of('{ providers: ["open*"] }').subjects, ['openai/env:OPENAI_API_KEY']);
    assert.equal(of('{ consumers: ["other-*"] }').isMet, false);
  });
});

describe('an alert', () => {
  it('is shown met and not met for every metric of the schema', () => {
    const schema = readFileSync(join(import.meta.dirname, '../../schemas/alert.schema.json'), 'utf8');
    const metrics = /"metric":\s*\{[^}]*?"enum":\s*\[([^\]]+)\]/.exec(schema)?.[1]?.match(/[a-z][a-z-]+/g) ?? [];
    assert.equal(metrics.length, 14);
    const shown = (metric: string) =>
      new Set(CASES.filter(([when]) => when.includes(`metric: ${metric}`)).map(([, , isMet]) => isMet));
    for (const metric of metrics) assert.ok(shown(metric).has(true) && shown(metric).has(false), metric);
  });

  it('waits for `for`, lasts until `clearAt` has held for `clearFor`, and keeps its incident through a dip', () => {
    const watched = rule('{ metric: error-rate, above: 5%, clearAt: 2%, for: 1m, clearFor: 2m }');
    let state: AlertState = QUIET;
    const seen: string[] = [];
    // Errors of a hundred, minute by minute.
    for (const [minute, bad] of [6, 6, 4, 3, 2, 3, 1, 0, 0, 0].entries()) {
      const reading = readAlert(watched, { ...EMPTY, ...rate(bad, 100) });
      const step = advanceAlert(state, watched, reading, NOW_MS + minute * 60_000);
      state = step.state;
      seen.push(step.ended === null ? state.kind : 'ended');
    }
    assert.deepEqual(seen, [
      'pending',
      'firing',
      'firing',
      'firing',
      'firing',
      'firing',
      'firing',
      'firing',
      'ended',
      'quiet',
    ]);
  });

  it('tells each receiver first, again after repeatEvery, and of what is new after five minutes, within its limit', () => {
    const incident = (told: Incident['told']): Incident => ({
      ...{ id: 'a-1', alert: 'a', severity: 'warning', startedMs: 0, firedMs: 0, endedMs: null, told, subject: '' },
    });
    const to = { to: ['ops', 'leads'], repeatEveryMs: 4 * 3_600_000 };
    const told = (minutesAgo: number, subjects: readonly string[]) => ({
      ops: { atMs: NOW_MS - minutesAgo * 60_000, count: 1, subjects },
    });
    const due = (of: Incident['told'], subjects: readonly string[] = []) =>
      dueReceivers(incident(of), to, subjects, NOW_MS, (name) => name !== 'leads');
    assert.deepEqual(due({}), ['ops']);
    assert.deepEqual(due(told(239, [])), []);
    assert.deepEqual(due(told(240, [])), ['ops']);
    assert.deepEqual(due(told(4, ['a']), ['a', 'b']), []);
    assert.deepEqual(due(told(5, ['a']), ['a', 'b']), ['ops']);
    const limit = { max: 2, perMs: 60_000 };
    assert.equal(hasRoomFor('ops', { ops: [NOW_MS - 1, NOW_MS - 2] }, limit, NOW_MS), false);
    assert.equal(hasRoomFor('ops', { ops: [NOW_MS - 1, NOW_MS - 60_000] }, limit, NOW_MS), true);
  });

  it('is quiet in silences and planned work, also over midnight, and no longer', () => {
    const silence = { id: 's', alert: 'lat*', reason: 'x', by: '', fromMs: NOW_MS, untilMs: NOW_MS + 1000 };
    const work = [{ id: 'w', alerts: ['err*'], weekly: { days: ['SUN'], at: '23:00', for: '2h' } }];
    const because = (alert: string, atMs: number) => quietBecause(alert, [silence], work, 'Asia/Tokyo', atMs);
    assert.equal(because('latency', NOW_MS), 'silence s');
    assert.equal(because('latency', NOW_MS + 1000), null);
    const sunday23 = Date.parse('2026-11-22T23:00:00+09:00');
    assert.equal(because('errors', sunday23 - 1), null);
    assert.equal(because('errors', sunday23), 'maintenance w');
    assert.equal(because('errors', sunday23 + 2 * 3_600_000 - 1), 'maintenance w');
    assert.equal(because('errors', sunday23 + 2 * 3_600_000), null);
    assert.equal(because('cost', sunday23), null);
  });
});

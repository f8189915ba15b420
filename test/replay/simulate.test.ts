import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { APP_DAY, answerBy, BASE, failureBy, NOON, pairOf, recordOf, replayed, simulated } from './replay-fixture.ts';

const swap = (from: string, to: string, text = BASE): string => {
  assert.ok(text.includes(from), from);
  return text.replace(from, to);
};

/** Requests a minute apart; each uses 1,100 tokens and holds 1,500. */
const requests = (count: number, parts: Parameters<typeof recordOf>[1] = {}) =>
  Array.from({ length: count }, (_, index) =>
    recordOf(`r${String(index).padStart(3, '0')}`, { facts: null, ...parts, atMs: NOON + index * 60_000 }),
  );

describe('a simulation', () => {
  it('is chosen when a budget, a cache, a retry or a breaker changed, and only then', () => {
    const cases: readonly (readonly [string, string, string])[] = [
      ['budget', swap('tokens: 100000', 'tokens: 1'), 'simulate'],
      ['cache of a route', swap('chain: main }', 'chain: main, cache: hour }'), 'simulate'],
      ['cache', swap('ttl: 1h', 'ttl: 2h'), 'simulate'],
      [
        'retry',
        swap('retry: { max: 0 } }\n  targets:\n    - { id: gpt', 'retry: { max: 1 } }\n  targets:\n    - { id: gpt'),
        'simulate',
      ],
      [
        'breaker',
        swap(
          '{ id: gpt, model: openai/gpt-4o }',
          '{ id: gpt, model: openai/gpt-4o, breaker: { failures: 2, within: 1m, openFor: 1m } }',
        ),
        'simulate',
      ],
      ['model', swap('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }'), 'stateless'],
      ['nothing', BASE, 'stateless'],
    ];
    for (const [name, head, mode] of cases) assert.equal(pairOf(BASE, head).context.mode, mode, name);
  });

  it('denies exactly those that no longer fit into a smaller budget', async () => {
    // 9 × 1,100 spent and 1,500 held fit into 11,400; the tenth request would need 100 more.
    const head = swap('tokens: 100000', 'tokens: 11399');
    const report = await simulated(pairOf(BASE, head), requests(20));
    assert.deepEqual(report.denials, {
      new: 11,
      removed: 0,
      base: 0,
      head: 11,
      headLow: 11,
      headHigh: 11,
      label: 'exact',
    });
    assert.equal(report.cost.baseMicroUsd, 20 * 3500);
    assert.equal(report.cost.headMicroUsd, 9 * 3500);
    assert.deepEqual(report.indeterminate, []);
    assert.ok(report.assumptions.some(({ fact }) => fact === 'start'));
    const [example] = report.examples;
    assert.match(
      example?.head.trace.join(' ') ?? '',
      /9900 spent \+ 0 held \+ 1500 for this request over 11399 tokens/,
    );
    assert.equal(example?.because?.document, 'Budget/app-day');
  });

  it('starts a counter where the recording says it was, and begins anew with its window', async () => {
    const head = swap('tokens: 100000', 'tokens: 60000');
    const spent = requests(3, { facts: { counters: { [APP_DAY]: { spent: 59_000, held: 0 } } } });
    const tomorrow = recordOf('tomorrow', { atMs: NOON + 86_400_000 });
    const report = await simulated(pairOf(BASE, head), [...spent, tomorrow]);
    assert.deepEqual(report.denials, { new: 3, removed: 0, base: 0, head: 3, headLow: 3, headHigh: 3, label: 'exact' });
  });

  it('holds what is under way: two long calls at a time, the third is refused', async () => {
    const text = `${BASE}---\nkind: Budget\nmetadata: { name: at-once }\nspec: { scope: { consumers: [app] }, limit: { concurrency: 5 }, window: { rolling: 60s }, onExhausted: deny }\n`;
    const head = text.replace('concurrency: 5', 'concurrency: 2');
    const records = [0, 100, 200, 5000].map((offset, index) =>
      recordOf(`r${index}`, { facts: null, atMs: NOON + offset }),
    );
    const report = await simulated(pairOf(text, head), records);
    assert.deepEqual([report.denials.new, report.denials.base], [1, 0]);
    assert.equal(report.examples[0]?.id, 'r2');
  });

  it('opens a breaker after recorded failures, and the next calls go elsewhere', async () => {
    const head = swap(
      '{ id: gpt, model: openai/gpt-4o }',
      '{ id: gpt, model: openai/gpt-4o, breaker: { failures: 3, within: 10m, openFor: 1h } }',
    );
    const attempts = [failureBy('openai/gpt-4o', 'server-error'), answerBy('anthropic/claude-sonnet-4-5')];
    const report = await simulated(pairOf(BASE, head), requests(10, { attempts }));
    assert.equal(report.fallbacks.base, 10);
    assert.equal(report.fallbacks.head, 3);
  });

  it('counts hits of an exact cache by the digests of prompts, within its life', async () => {
    const head = swap('chain: main }', 'chain: main, cache: hour }');
    const digests = (prompt: string) => ({ request: { digests: { prompt, system: null, tools: null } } });
    const at = (id: string, minutes: number, prompt: string) =>
      recordOf(id, { ...digests(prompt), atMs: NOON + minutes * 60_000 });
    const records = [
      at('a', 0, 'aaaaaaaa'),
      at('b', 10, 'aaaaaaaa'),
      at('c', 20, 'bbbbbbbb'),
      at('d', 75, 'aaaaaaaa'),
      at('e', 76, 'aaaaaaaa'),
    ];
    const report = await simulated(pairOf(BASE, head), records);
    assert.deepEqual(report.cacheHits, { base: 0, head: 2, headLow: 2, headHigh: 2, label: 'estimated' });
    assert.deepEqual(report.cacheEligible, { base: 0, head: 5 });
    assert.equal(report.cost.deltaMicroUsd, -2 * 3500);
  });

  it('without digests shows only what may be cached', async () => {
    const head = swap('chain: main }', 'chain: main, cache: hour }');
    const report = await simulated(pairOf(BASE, head), requests(4));
    assert.deepEqual([report.cacheHits.head, report.cacheEligible.head, report.cost.deltaMicroUsd], [0, 4, 0]);
  });

  it('agrees with a stateless replay where no state matters', async () => {
    const pair = pairOf(BASE, swap('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }'));
    const records = requests(30, { facts: {} });
    const { cost, transitions } = await simulated(pair, records);
    const other = replayed(pair, records);
    assert.deepEqual([cost, transitions], [other.cost, other.transitions]);
  });
});

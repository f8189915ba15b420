import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TrafficRecord } from '#decision-log';
import type { DryRunReport } from '#replay';
import { APP_DAY, answerBy, BASE, failureBy, pairOf, recordOf, replayed } from './replay-fixture.ts';

/** GPT-4o costs 2.50 in and 10 out per million; 1,000 and 100 tokens are 3,500 micro-USD. */
const GPT = 3500;
/** GPT-4o mini: 0.15 and 0.60. */
const MINI = 210;
/** Claude Sonnet 4.5: 3 and 15. */
const CLAUDE = 4500;

interface Case {
  readonly name: string;
  /** `BASE` where absent. */
  readonly base?: string;
  readonly head: string;
  readonly record: TrafficRecord;
  readonly expect: Partial<Record<'base' | 'head' | 'exact' | 'estimated' | 'unknown' | 'changed', number>>;
  readonly indeterminate?: string;
}

const swap = (from: string, to: string): string => {
  assert.ok(BASE.includes(from), from);
  return BASE.replace(from, to);
};

const toMini = swap('id: gpt, model: openai/gpt-4o }', 'id: gpt, model: openai/gpt-4o-mini }');

/** A model that is paid by the call and by the picture: 0.002 and 0.04 USD. */
const BY_THE_PIECE = `---
kind: Model
metadata: { name: openai/pieces }
spec:
  provider: openai
  upstreamName: pieces
  capabilities: [images, rerank]
  prices: [{ from: 2026-01-01, input: "0", request: "0.002", image: "0.04", source: test }]
---
kind: Route
metadata: { name: pieces }
spec: { match: { models: [openai/pieces] } }
`;
const byThePiece = (endpoint: 'images' | 'rerank', pieces: object): TrafficRecord =>
  recordOf('a', {
    request: { endpoint, model: 'openai/pieces', path: `/v1/${endpoint}`, inputTokens: 10, maxOutputTokens: null },
    attempts: [{ ...answerBy('openai/pieces', 10, 0), ...pieces }],
  });

const cases: readonly Case[] = [
  {
    name: 'the same target with recorded usage is exact',
    head: BASE,
    record: recordOf('a'),
    expect: { base: GPT, head: GPT, exact: 1, changed: 0 },
  },
  {
    name: 'every picture made is paid for',
    base: BASE + BY_THE_PIECE,
    head: BASE + BY_THE_PIECE,
    record: byThePiece('images', { images: 2 }),
    expect: { base: 82_000, head: 82_000, exact: 1, changed: 0 },
  },
  {
    name: 'and every search',
    base: BASE + BY_THE_PIECE,
    head: BASE + BY_THE_PIECE,
    record: byThePiece('rerank', { searchUnits: 3 }),
    expect: { base: 6_000, head: 6_000, exact: 1, changed: 0 },
  },
  {
    name: 'a long input costs what its tier says',
    head: BASE,
    record: recordOf('a', {
      request: { model: 'google/gemini-2.5-pro' },
      attempts: [
        failureBy('openai/gpt-4o', 'auth'),
        failureBy('anthropic/claude-sonnet-4-5', 'auth'),
        answerBy('google/gemini-2.5-pro', 300_000, 1000),
      ],
    }),
    base: swap(
      'model: anthropic/claude-sonnet-4-5 }',
      'model: anthropic/claude-sonnet-4-5 }\n    - { id: gemini, model: google/gemini-2.5-pro }',
    ),
    // 300,000 at 2.50 and 1,000 at 15.
    expect: { base: 765_000 },
  },
  {
    name: 'another model is estimated from the recorded tokens',
    head: toMini,
    record: recordOf('a'),
    expect: { base: GPT, head: MINI, exact: 0, estimated: 1, changed: 1 },
  },
  {
    name: 'a model that the recording names by its alias is the same target',
    head: BASE,
    record: recordOf('a', { attempts: [answerBy('gpt-4o')] }),
    expect: { base: GPT, head: GPT, exact: 1 },
  },
  {
    name: 'usage counted locally is an estimate',
    head: BASE,
    record: recordOf('a', { attempts: [{ ...answerBy('openai/gpt-4o'), estimated: true }] }),
    expect: { base: GPT, head: GPT, estimated: 1 },
  },
  {
    name: 'an answer without usage has an unknown cost, which is in no total',
    head: BASE,
    record: recordOf('a', { attempts: [{ ...answerBy('openai/gpt-4o'), usage: null }] }),
    expect: { base: 0, head: 0, unknown: 1, exact: 0 },
  },
  {
    name: 'a request that was denied when it was recorded has no known cost',
    head: BASE,
    record: recordOf('a', { attempts: [] }),
    expect: { base: 0, head: 0, unknown: 1 },
  },
  {
    name: 'the failed call is made again, and the model that answered then answers now',
    head: BASE,
    record: recordOf('a', { attempts: [failureBy('openai/gpt-4o', 'auth'), answerBy('anthropic/claude-sonnet-4-5')] }),
    expect: { base: CLAUDE, head: CLAUDE, exact: 1, changed: 0 },
  },
  {
    name: 'without the failing target the fallback is the first',
    head: swap('    - { id: gpt, model: openai/gpt-4o }\n', ''),
    record: recordOf('a', { attempts: [failureBy('openai/gpt-4o', 'auth'), answerBy('anthropic/claude-sonnet-4-5')] }),
    expect: { base: CLAUDE, head: CLAUDE, exact: 1, changed: 1 },
  },
  {
    name: 'an answer later than a new timeout falls back',
    head: swap(
      '{ timeouts: { total: 30s }, retry: { max: 0 } }\n  targets:\n    - { id: gpt',
      '{ timeouts: { total: 500ms }, retry: { max: 0 } }\n  targets:\n    - { id: gpt',
    ),
    record: recordOf('a'),
    expect: { base: GPT, changed: 1 },
  },
  {
    name: 'a refusal costs nothing, exactly',
    head: swap('spec: { match: {}, chain: main }', 'spec: { match: {}, deny: { status: 403, message: closed } }'),
    record: recordOf('a'),
    expect: { base: GPT, head: 0, exact: 1, changed: 1 },
  },
  {
    name: 'a recorded cache hit stays one while the route has the cache, and is unknown without it',
    head: BASE,
    record: recordOf('a', { attempts: [], outcome: { status: 200, cache: 'hit' } }),
    expect: { unknown: 1 },
  },
  {
    name: 'without a consumer nothing can be decided',
    head: BASE,
    record: recordOf('a', { request: { consumer: undefined as unknown as string } }),
    expect: { base: 0, exact: 0 },
    indeterminate: 'request.consumer',
  },
  {
    name: 'without a model neither',
    head: BASE,
    record: recordOf('a', { request: { model: undefined as unknown as string } }),
    expect: {},
    indeterminate: 'request.model',
  },
  {
    name: 'metadata that a route matches must be recorded',
    head: `${BASE}---\nkind: Route\nmetadata: { name: eu }\nspec: { match: { metadata: { region: [eu] } }, chain: cheap }\n`,
    record: recordOf('a', { request: { metadata: undefined as unknown as Record<string, string> } }),
    expect: {},
    indeterminate: 'request.metadata',
  },
  {
    name: 'a header that only the head reads was never recorded',
    head: `${BASE}---\nkind: Route\nmetadata: { name: eu }\nspec: { match: { headers: { x-region: [eu] } }, chain: cheap }\n`,
    record: recordOf('a'),
    expect: {},
    indeterminate: 'request.headers.x-region',
  },
  {
    name: 'tools count where the target can do none',
    head: swap('chain: main }', 'chain: main, limits: { maxInputTokens: 100 } }'),
    record: recordOf('a', { request: { inputTokens: undefined as unknown as number } }),
    expect: {},
    indeterminate: 'request.inputTokens',
  },
  {
    name: 'a changed budget needs what had been spent',
    head: swap('limit: { tokens: 100000 }', 'limit: { tokens: 50000 }'),
    record: recordOf('a', { facts: null }),
    expect: {},
    indeterminate: 'facts.counters (budget app-day)',
  },
  {
    name: 'an unchanged budget does not: it stands on both sides',
    head: toMini,
    record: recordOf('a', { facts: null }),
    expect: { base: GPT, head: MINI, estimated: 1 },
  },
  {
    name: 'a counter that was read and not there had nothing spent',
    head: swap('limit: { tokens: 100000 }', 'limit: { tokens: 50000 }'),
    record: recordOf('a'),
    expect: { base: GPT, head: GPT, exact: 1 },
  },
  {
    name: 'a recorded counter decides a changed limit',
    head: swap('limit: { tokens: 100000 }', 'limit: { tokens: 50000 }'),
    record: recordOf('a', { facts: { counters: { [APP_DAY]: { spent: 49_000, held: 0 } } } }),
    expect: { base: GPT, head: 0, exact: 1, changed: 1 },
  },
  {
    name: 'latencies that choose the target must be recorded',
    head: swap('spec:\n  deadline: 60s', 'spec:\n  strategy: latency\n  deadline: 60s'),
    record: recordOf('a', { facts: { latencies: undefined as unknown as Record<string, number> } }),
    expect: {},
    indeterminate: 'facts.latencies',
  },
];

describe('labels', () => {
  for (const { name, base = BASE, head, record, expect, indeterminate } of cases) {
    it(name, () => {
      const report = replayed(pairOf(base, head), [record]);
      assert.deepEqual(
        report.indeterminate.map(({ field }) => field),
        indeterminate === undefined ? [] : [indeterminate],
      );
      assert.equal(report.records.indeterminate, indeterminate === undefined ? 0 : 1);
      for (const [key, value] of Object.entries(expect))
        assert.equal(measures(report)[key as keyof typeof expect], value, key);
    });
  }

  it('an estimate has a band of fifteen percent in and thirty out', () => {
    const { cost } = replayed(pairOf(BASE, toMini), [recordOf('a')]);
    assert.equal(cost.label, 'estimated');
    // 1,000 tokens in at 150 pico and 100 out at 600, with their bands.
    assert.equal(cost.deltaLowMicroUsd, Math.round(150 * 0.85 + 60 * 0.7) - GPT);
    assert.equal(cost.deltaHighMicroUsd, Math.round(150 * 1.15 + 60 * 1.3) - GPT);
  });

  it('a recorded cache hit costs nothing on a side that has the cache', () => {
    const cached = BASE.replace('spec: { match: {}, chain: main }', 'spec: { match: {}, chain: main, cache: hour }');
    const hit = recordOf('a', { attempts: [], outcome: { status: 200, cache: 'hit' } });
    const report = replayed(pairOf(cached, cached), [hit]);
    assert.deepEqual(report.cacheHits, { base: 1, head: 1, headLow: 1, headHigh: 1, label: 'exact' });
    assert.equal(report.cost.headMicroUsd, 0);
  });

  it('a weighted choice whose draw was not recorded is the same on both sides and on every run', () => {
    const weighted = BASE.replace('spec:\n  deadline: 60s', 'spec:\n  strategy: weighted\n  deadline: 60s')
      .replace('model: openai/gpt-4o }', 'model: openai/gpt-4o, weight: 70 }')
      .replace('model: anthropic/claude-sonnet-4-5 }', 'model: anthropic/claude-sonnet-4-5, weight: 30 }');
    const moved = weighted.replace('weight: 70', 'weight: 80').replace('weight: 30', 'weight: 20');
    const records = Array.from({ length: 400 }, (_, index) =>
      recordOf(`r${index}`, { facts: { draw: undefined as unknown as number } }),
    );
    assert.equal(replayed(pairOf(weighted, weighted), records).records.changed, 0);
    const { changed } = replayed(pairOf(weighted, moved), records).records;
    assert.ok(changed > 20 && changed < 60, `${changed} of 400 moved; a tenth was expected`);
  });

  it('decisions of a revision that is not at hand are told apart by the catalogue they name', () => {
    const pair = pairOf(BASE, BASE);
    const { catalogDigest, digest } = pair.sides.base.snapshot;
    const decision = { route: 'default', allowed: true };
    const records = [
      recordOf('a', { digest, decision }),
      recordOf('b', { digest: 'b'.repeat(64), catalogDigest, decision }),
      recordOf('c', { digest: 'c'.repeat(64), catalogDigest: 'c'.repeat(64), decision }),
      recordOf('d', { digest: 'd'.repeat(64), decision }),
    ];
    const { catalog, fidelityDetail } = replayed(pair, records);
    assert.equal(catalog, catalogDigest);
    assert.equal(fidelityDetail.checked, 1);
    assert.deepEqual(
      fidelityDetail.withoutPolicies.map((each) => [each.revision, each.catalog, each.requests]),
      [
        ['bbbbbbbbbbbb', 'same', 1],
        ['cccccccccccc', 'other', 1],
        ['dddddddddddd', 'unknown', 1],
      ],
    );
  });
});

function measures({ cost, records }: DryRunReport): Record<string, number> {
  return {
    base: cost.baseMicroUsd,
    head: cost.headMicroUsd,
    exact: cost.requests.exact,
    estimated: cost.requests.estimated,
    unknown: cost.requests.unknown,
    changed: records.changed,
  };
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type JsonObject, NO_USAGE, TOKEN_CLASSES, type TokenClass, type Usage } from '#core';
import { classPrice, costOf, NO_PROMPT, priceAt, tierOf, worstCaseOf } from '#decision';
import type { Model, Price } from '#snapshot';
import { requestOf } from './build.ts';

function priceOf(perMillion: Partial<Record<TokenClass, number>>, more: Partial<Price> = {}): Price {
  const classes = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, perMillion[name] ?? null]));
  return {
    fromMs: 0,
    perMillion: classes as Record<TokenClass, number | null>,
    tiers: [],
    imageMicroUsd: null,
    requestMicroUsd: null,
    source: 'test',
    readAt: null,
    ...more,
  };
}

/** Tiers as compile leaves them: whole, with the classes that they do not name taken from the row. */
function tiered(
  base: Partial<Record<TokenClass, number>>,
  tiers: readonly (readonly [number, Partial<Record<TokenClass, number>>])[],
): Price {
  return priceOf(base, {
    tiers: tiers.map(([aboveInputTokens, named]) => ({
      aboveInputTokens,
      perMillion: priceOf({ ...base, ...named }).perMillion,
    })),
  });
}

const SONNET = priceOf({ input: 3_000_000, cacheRead: 300_000, cacheWrite: 3_750_000, output: 15_000_000 });

describe('a cost is Σ class × price, rounded half up once', () => {
  const cases: readonly (readonly [string, Partial<Usage>, Price, number])[] = [
    ['the contract’s example', { input: 130, output: 80 }, SONNET, 1590],
    ['half a micro-dollar goes up', { input: 1 }, priceOf({ input: 500_000 }), 1],
    ['just under half goes down', { input: 1 }, priceOf({ input: 499_999 }), 0],
    [
      'rounding is of the sum, not of each class',
      { input: 1, output: 1 },
      priceOf({ input: 400_000, output: 400_000 }),
      1,
    ],
    ['cache reads at their own price', { input: 100, cacheRead: 1000 }, SONNET, 600],
    ['a billion tokens are exact', { input: 1_000_000_000 }, priceOf({ input: 2_500_001 }), 2_500_001_000],
    ['nothing costs nothing', {}, SONNET, 0],
    ['a call has its own price', { input: 1000 }, priceOf({ input: 1_000_000 }, { requestMicroUsd: 5000 }), 6000],
    ['a count that is none is cut', { input: Number.NaN, output: -3 }, SONNET, 0],
  ];
  for (const [what, usage, price, micro] of cases) {
    test(what, () => assert.equal(costOf({ ...NO_USAGE, ...usage }, price), micro));
  }
  test('images are priced by the piece', () => {
    assert.equal(costOf(NO_USAGE, priceOf({}, { imageMicroUsd: 40_000 }), 3), 120_000);
  });
});

describe('a long prompt costs what its tier says, all of it', () => {
  const GEMINI = tiered({ input: 1_250_000, cacheRead: 125_000, output: 10_000_000 }, [
    [200_000, { input: 2_500_000, cacheRead: 250_000, output: 15_000_000 }],
  ]);
  // Two steps, of which the first leaves output alone, and neither names cache writes.
  const STEPS = tiered({ input: 1_000_000, cacheWrite: 1_250_000, output: 4_000_000 }, [
    [32_000, { input: 2_000_000 }],
    [128_000, { input: 3_000_000, output: 9_000_000 }],
  ]);
  const cases: readonly (readonly [string, Partial<Usage>, Price, number])[] = [
    // 200,000 × 1.25 + 1,000 × 10
    ['not at the limit itself', { input: 200_000, output: 1000 }, GEMINI, 260_000],
    // 200,001 × 2.50 + 1,000 × 15 = 500,002.5 + 15,000
    ['one token above it', { input: 200_001, output: 1000 }, GEMINI, 515_003],
    // 100,000 × 2.50 + 100,001 × 0.25 + 100 × 15 = 250,000 + 25,000.25 + 1,500
    ['cached tokens count towards it', { input: 100_000, cacheRead: 100_001, output: 100 }, GEMINI, 276_500],
    // 150,001 × 2.50 + 50,000 × 2.50 (audio as text): 375,002.5 + 125,000
    ['audio counts towards it, at the tier’s input price', { input: 150_001, audioInput: 50_000 }, GEMINI, 500_003],
    // 10 × 1.25 + 300,000 × 10
    ['output does not', { input: 10, output: 300_000 }, GEMINI, 3_000_013],
    // 40,000 × 2 + 1,000 × 4
    ['a class that the tier does not name keeps its price', { input: 40_000, output: 1000 }, STEPS, 84_000],
    // 100,000 × 3 + 40,000 × 1.25 + 1,000 × 9
    [
      'the highest tier reached holds, and only its own classes change',
      { input: 100_000, cacheWrite: 40_000, output: 1000 },
      STEPS,
      359_000,
    ],
    ['a count that is none reaches no tier', { input: Number.NaN, cacheRead: 300_000 }, GEMINI, 75_000],
  ];
  for (const [what, usage, price, micro] of cases) {
    test(what, () => assert.equal(costOf({ ...NO_USAGE, ...usage }, price), micro));
  }
  test('and so does the most that a call can cost', () => {
    const model: Model = {
      name: 'google/gemini-2.5-pro',
      provider: 'google',
      upstreamName: 'gemini-2.5-pro',
      aliases: [],
      tier: 3,
      contextWindow: 1_048_576,
      maxOutput: 65_536,
      capabilities: null,
      retiresAt: null,
      prices: [GEMINI],
    };
    const route = { prompt: NO_PROMPT };
    const target = { model, provider: null, params: {}, outputCap: 1000, atMs: 0 };
    const most = (inputTokens: number) => worstCaseOf(requestOf({ inputTokens }), route, target).costMicroUsd;
    // 200,000 × 1.25 + 1,000 × 10; then 200,001 × 2.50 + 1,000 × 15, rounded up.
    assert.deepEqual([most(200_000), most(200_001)], [260_000, 515_003]);
    // A bound may be reached or not: where more input is cheaper, the dear tier below it counts.
    const tier = { aboveInputTokens: 1000, perMillion: { ...GEMINI.perMillion, input: 1, output: 1 } };
    const cheaper = { ...target, model: { ...model, prices: [{ ...GEMINI, tiers: [tier] }] } };
    const bounded = requestOf({ inputTokens: 300, inputTokensAtMost: 1200 });
    assert.equal(worstCaseOf(bounded, route, cheaper).costMicroUsd, 1250 + 10_000);
  });
  test('what policy sets for a target counts: answers, schemas, and what brings in more than any body holds', () => {
    const bounded = requestOf({ inputTokens: 300, inputTokensAtMost: 1200 });
    const route = { prompt: NO_PROMPT };
    const most = (params: JsonObject) => {
      const { inputTokens, outputTokens } = worstCaseOf(bounded, route, {
        ...{ model: null, provider: null, outputCap: 10, atMs: 0 },
        params,
      });
      return [inputTokens, outputTokens];
    };
    assert.deepEqual(most({ temperature: 1, n: 3 }), [1200, 30]);
    assert.deepEqual(most({ response_format: { type: 'x' } }), [1200 + '{"type":"x"}'.length, 10]);
    assert.deepEqual(most({ tools: [] }), [1_048_576, 10]);
  });
  test('a row without tiers is its own', () => assert.equal(tierOf(SONNET, 1_000_000_000), SONNET));
});

describe('a class without a price of its own', () => {
  const cases: readonly (readonly [TokenClass, Partial<Record<TokenClass, number>>, number])[] = [
    ['cacheRead', { input: 7 }, 7],
    ['cacheWrite', { input: 7 }, 7],
    ['cacheWrite1h', { input: 7, cacheWrite: 8 }, 8],
    ['cacheWrite1h', { input: 7 }, 7],
    ['reasoning', { output: 9 }, 9],
    ['audioInput', { input: 7 }, 7],
    ['audioOutput', { output: 9 }, 9],
    ['cacheRead', { input: 7, cacheRead: 0 }, 0],
    ['output', { input: 7 }, 0],
  ];
  for (const [name, perMillion, expected] of cases) {
    test(`${name} under ${JSON.stringify(perMillion)} costs ${expected}`, () =>
      assert.equal(classPrice(priceOf(perMillion), name), expected));
  }
});

test('the cost agrees with plain big integers for any usage and price', () => {
  const count = fc.nat({ max: 1_000_000_000 });
  const usages = fc.record(
    Object.fromEntries(TOKEN_CLASSES.map((name) => [name, count])) as Record<TokenClass, typeof count>,
  );
  const prices = fc.record(
    Object.fromEntries(TOKEN_CLASSES.map((name) => [name, fc.nat({ max: 600_000_000 })])) as Record<
      TokenClass,
      fc.Arbitrary<number>
    >,
  );
  fc.assert(
    fc.property(usages, prices, (usage, perMillion) => {
      let doubled = 0n;
      for (const name of TOKEN_CLASSES) doubled += 2n * BigInt(usage[name]) * BigInt(perMillion[name]);
      const expected = (doubled + 1_000_000n) / 2_000_000n;
      assert.equal(BigInt(costOf(usage, priceOf(perMillion))), expected);
    }),
  );
});

describe('the price row in force', () => {
  const prices = [10, 20, 30].map((fromMs) => priceOf({ input: fromMs }, { fromMs }));
  const cases: readonly (readonly [number, number])[] = [
    [5, 10],
    [10, 10],
    [19, 10],
    [20, 20],
    [1000, 30],
  ];
  for (const [atMs, fromMs] of cases) {
    test(`at ${atMs} is that from ${fromMs}`, () => assert.equal(priceAt({ prices }, atMs)?.fromMs, fromMs));
  }
  test('is none for an unpriced model', () => assert.equal(priceAt({ prices: [] }, 5), null));
});

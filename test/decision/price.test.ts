import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { NO_USAGE, TOKEN_CLASSES, type TokenClass, type Usage } from '#core';
import { classPrice, costOf, priceAt } from '#decision';
import type { Price } from '#snapshot';

function priceOf(perMillion: Partial<Record<TokenClass, number>>, more: Partial<Price> = {}): Price {
  const classes = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, perMillion[name] ?? null]));
  return {
    fromMs: 0,
    perMillion: classes as Record<TokenClass, number | null>,
    imageMicroUsd: null,
    requestMicroUsd: null,
    source: 'test',
    readAt: null,
    ...more,
  };
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

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lintFiles } from './cases.ts';

function tree(chain: string, limits: string): Readonly<Record<string, string>> {
  return {
    'chain.yaml': `kind: Chain\nmetadata: { name: c }\nspec: ${chain}`,
    'route.yaml': `kind: Route\nmetadata: { name: r }\nspec: { match: {}, chain: c, limits: ${limits} }`,
    'model.yaml':
      'kind: Model\nmetadata: { name: openai/ours }\nspec: { provider: openai, contextWindow: 10000, maxOutput: 1000, prices: [{ from: 2026-01-01, input: "1.00", output: "10.00", request: "0.001" }] }',
    'free.yaml':
      'kind: Model\nmetadata: { name: openai/unpriced }\nspec: { provider: openai, contextWindow: 10000, maxOutput: 1000 }',
  };
}

const a = '{ id: a, model: openai/ours }';
const retry = 'retry: { max: 2, initial: 1s, factor: 2, cap: 10s, respectRetryAfter: false }';

/** Chain and limits; attempts, milliseconds, one answer and the whole request in micro-USD, all counted by hand. */
const table: readonly (readonly [
  what: string,
  chain: string,
  limits: string,
  expected: readonly [number, number | null, number | null, number | null],
])[] = [
  // 2,000 × 1 + 500 × 10 + 1,000 for the call.
  [
    'one target',
    `{ defaults: { timeouts: { total: 9s } }, targets: [${a}] }`,
    '{ maxInputTokens: 2000, maxOutputTokens: 500 }',
    [1, 9000, 8000, 8000],
  ],
  // 3 × 9 s and waits of 1 s and 2 s.
  [
    'retries wait',
    `{ defaults: { timeouts: { total: 9s }, ${retry} }, targets: [${a}] }`,
    '{ maxInputTokens: 2000, maxOutputTokens: 500 }',
    [3, 30_000, 8000, 24_000],
  ],
  [
    'the deadline cuts',
    `{ deadline: 20s, defaults: { timeouts: { total: 9s }, ${retry} }, targets: [${a}] }`,
    '{ maxInputTokens: 2000, maxOutputTokens: 500 }',
    [3, 20_000, 8000, 24_000],
  ],
  [
    'attempts are shared',
    `{ maxAttempts: 2, defaults: { timeouts: { total: 9s }, ${retry} }, targets: [${a}] }`,
    '{ maxInputTokens: 2000, maxOutputTokens: 500 }',
    [2, 19_000, 8000, 16_000],
  ],
  // The model's own bounds: 9,000 × 1 + 1,000 × 10 + 1,000; the context holds input and output together.
  [
    'bounds of the model',
    `{ defaults: { timeouts: { total: 9s } }, targets: [${a}] }`,
    '{ maxOutputTokens: 1000 }',
    [1, 9000, 20_000, 20_000],
  ],
  [
    'a ceiling of the route',
    `{ defaults: { timeouts: { total: 9s } }, targets: [${a}] }`,
    '{ maxOutputTokens: 1000, maxRequestCost: "0.01 USD" }',
    [1, 9000, 10_000, 10_000],
  ],
  [
    'no price, no sum',
    `{ defaults: { timeouts: { total: 9s } }, targets: [${a}, { id: b, model: openai/unpriced }] }`,
    '{ maxOutputTokens: 10 }',
    [2, 18_000, null, null],
  ],
  [
    'no timeout, no end',
    `{ targets: [${a}] }`,
    '{ maxInputTokens: 2000, maxOutputTokens: 500 }',
    [1, null, 8000, 8000],
  ],
];

describe('the worst case of a route', () => {
  for (const [what, chain, limits, expected] of table) {
    it(`is counted: ${what}`, () => {
      const { worstCases } = lintFiles(tree(chain, limits));
      const [worst] = worstCases;
      assert.equal(worstCases.length, 1);
      assert.deepEqual([worst?.attempts, worst?.milliseconds, worst?.answerMicroUsd, worst?.requestMicroUsd], expected);
    });
  }
});

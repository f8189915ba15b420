import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type ExplainOptions, type Explanation, explain, type Facts, type RequestFacts } from '#decision';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { factsOf, requestOf } from './build.ts';

const snapshot = compileInlineSnapshot({
  'default.yaml': `kind: Route
metadata: { name: default }
spec:
  match: {}
  chain: premium
`,
  'old-models.yaml': `kind: Route
metadata: { name: old-models }
spec:
  match:
    models: ["gpt-3*"]
  chain: premium
`,
  'faq.yaml': `kind: Route
metadata: { name: faq }
spec:
  match:
    metadata:
      topic: [returns]
    endpoints: [chat]
  chain: premium
`,
  'any-chat.yaml': `kind: Route
metadata: { name: any-chat }
spec:
  match:
    endpoints: [chat]
  chain: premium
`,
  'long.yaml': `kind: Route
metadata: { name: long }
spec:
  match:
    when: request.inputTokens > 1000
  chain: premium
`,
  'elsewhere.yaml': `kind: Route
metadata: { name: elsewhere }
spec:
  match:
    paths: [/other]
    headers:
      x-region: [eu]
  deny: { message: no }
`,
  'chain.yaml': `kind: Chain
metadata: { name: premium }
spec:
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
`,
  'rest.yaml': `kind: Consumer
metadata: { name: app }
---
kind: Budget
metadata: { name: day }
spec: { limit: { cost: "1 USD" }, window: { every: day, timezone: UTC }, onExhausted: deny }
`,
});

function explained(
  request: Partial<RequestFacts> = {},
  facts: Partial<Facts> = {},
  options: ExplainOptions = {},
): Explanation {
  return explain(snapshot, requestOf({ maxOutputTokens: 100, ...request }), factsOf(facts), options);
}

const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/explain-report.schema.json'), 'utf8')),
);

describe('an explanation', () => {
  test('names the winner and why each rival lost, with the line', () => {
    const { route, rivals } = explained({ metadata: { topic: 'returns' } });
    assert.equal(route, 'faq');
    assert.deepEqual(
      rivals.map(({ route: name, lost, file, line }) => `${name}: ${lost} (${file}:${line})`),
      [
        'any-chat: fits too, but is less specific than faq: 1 against 2 match fields (any-chat.yaml:4)',
        'default: fits too, but is less specific than faq: 0 against 2 match fields (default.yaml:4)',
        'elsewhere: paths: "/v1/chat/completions" does not fit /other (elsewhere.yaml:5)',
        'old-models: models: "gpt-4o" (openai/gpt-4o) does not fit gpt-3* (old-models.yaml:5)',
        'long: when: request.inputTokens > 1000 is false (long.yaml:5)',
      ],
    );
  });

  test('says what is absent', () => {
    const { rivals } = explained();
    assert.equal(rivals.find(({ route }) => route === 'faq')?.lost, 'metadata.topic is absent, wanted returns');
  });

  test('gives every target its gate, with the line', () => {
    const { attempts, target, fallback } = explained({}, { secretsMissing: new Set(['env:OPENAI_API_KEY']) });
    assert.deepEqual(attempts, [
      { target: 'premium/gpt', gate: 'secret-missing', detail: 'env:OPENAI_API_KEY', file: 'chain.yaml', line: 5 },
      { target: 'premium/claude', gate: 'admitted', detail: null, file: 'chain.yaml', line: 6 },
    ]);
    assert.deepEqual([target, fallback], ['premium/claude', 'secret-missing']);
  });

  test('tells the most it can cost, and the budgets with their numbers', () => {
    const { cost, budgets } = explained(
      {},
      { counters: { 'budget:day::2026-11-23T00:00:00.000Z': { spent: 5, held: 7 } } },
    );
    // 100 tokens in at the one-hour cache price of 6 and 100 out at 15 USD per million.
    assert.equal(cost, '0.0021 USD');
    assert.deepEqual(
      budgets.map(({ budget, spent, held, hold, limit }) => [budget, spent, held, hold, limit]),
      [['day', 5, 7, 2100, 1_000_000]],
    );
  });

  test('names the lines that decided', () => {
    const places = explained({ metadata: { topic: 'returns' } }).origin.map(({ file, line }) => `${file}:${line}`);
    assert.deepEqual(places, ['faq.yaml:4', 'chain.yaml:1', 'chain.yaml:5']);
  });

  test('of a refusal says status, code and reason', () => {
    const { decision, target, chain } = explained({ path: '/other', headers: { 'x-region': 'eu' } });
    assert.deepEqual(decision, { allowed: false, status: 403, code: 'route_denied', reason: 'no' });
    assert.deepEqual([target, chain], [null, null]);
  });

  test('plays a script', () => {
    const { calls, target, cost, decision } = explained(
      {},
      {},
      { script: { gpt: [{ status: 401 }], claude: [{ inputTokens: 130, outputTokens: 80 }] } },
    );
    assert.deepEqual(
      calls.map((call) => `${call.via} ${call.target} ${call.outcome}`),
      ['first premium/gpt auth', 'fallback premium/claude ok'],
    );
    assert.deepEqual([target, cost, decision.status], ['premium/claude', '0.00159 USD', 200]);
  });

  const whyNot: readonly (readonly [string, string])[] = [
    ['old-models', 'models: "gpt-4o" (openai/gpt-4o) does not fit gpt-3*'],
    ['any-chat', 'it won'],
    ['nowhere', 'there is no route of that name in this environment'],
  ];
  for (const [route, lost] of whyNot) {
    test(`says why not ${route}`, () => assert.equal(explained({}, {}, { whyNot: route }).whyNot?.lost, lost));
  }

  const shapes: readonly (readonly [string, Explanation])[] = [
    ['of an allowed request', explained()],
    ['of a skipped target', explained({}, { breakers: { 'premium/gpt': 'open' } })],
    ['of a refusal', explained({ consumer: 'ghost' })],
    ['of a played script', explained({}, {}, { script: { gpt: [{ status: 500 }] }, whyNot: 'long' })],
  ];
  for (const [what, explanation] of shapes) {
    test(`${what} has the published shape`, () => {
      assert.ok(validate(JSON.parse(JSON.stringify(explanation))), JSON.stringify(validate.errors));
    });
  }
});

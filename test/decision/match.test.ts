import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { compileGlob } from '#core';
import { match, type RequestFacts, resolveModel } from '#decision';
import type { Route } from '#snapshot';
import { firstMisfit, subjectOf } from '../../src/decision/fits-matcher.ts';
import { bestRoute } from '../../src/decision/match.ts';
import { buildRouteIndex } from '../../src/policy/build-route-index.ts';
import { specificityOf } from '../../src/policy/specificity.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { NOON, requestOf } from './build.ts';

const snapshot = compileInlineSnapshot(`
kind: Project
metadata: { name: company }
spec: { timezone: Asia/Tokyo }
---
kind: Consumer
metadata: { name: app, labels: { team: product } }
---
kind: Model
metadata: { name: vllm/special }
spec: { provider: vllm, upstreamName: org/special-7b, aliases: [special] }
---
kind: Chain
metadata: { name: main }
spec: { targets: [{ id: gpt, model: openai/gpt-4o }, { id: cheap, chain: small }] }
---
kind: Chain
metadata: { name: small }
spec: { targets: [{ id: mini, model: openai/gpt-4o-mini }, { id: back, chain: reserve }] }
---
kind: Chain
metadata: { name: reserve }
spec: { targets: [{ id: claude, model: anthropic/claude-haiku-4-5 }] }
---
kind: Chain
metadata: { name: economy }
spec: { targets: [{ id: nano, model: openai/gpt-4.1-nano }] }
---
kind: Budget
metadata: { name: downgrade }
spec: { scope: { routes: [default] }, limit: { cost: "10 USD" }, window: { every: day }, onExhausted: { chain: economy } }
---
kind: Budget
metadata: { name: nano-calls }
spec: { scope: { models: ["openai/gpt-4.1-nano"] }, limit: { requests: 10 }, window: { rolling: 60s }, onExhausted: deny }
---
kind: Budget
metadata: { name: elsewhere }
spec: { scope: { consumers: [other] }, limit: { requests: 10 }, window: { every: day }, onExhausted: deny }
---
kind: Consumer
metadata: { name: other }
---
kind: Consumer
metadata: { name: special-app }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: main }
---
kind: Route
metadata: { name: by-consumer }
spec: { match: { consumers: [special-app] }, chain: main }
---
kind: Route
metadata: { name: by-path }
spec: { match: { paths: [/api/ai/faq] }, chain: main }
---
kind: Route
metadata: { name: by-endpoint }
spec: { match: { endpoints: [embeddings, images] }, chain: main }
---
kind: Route
metadata: { name: by-exact-model }
spec: { match: { models: [openai/gpt-4.1] }, chain: main }
---
kind: Route
metadata: { name: by-model-glob }
spec: { match: { models: ["claude-*", "support/*"] }, chain: main }
---
kind: Route
metadata: { name: by-longer-glob }
spec: { match: { models: ["claude-haiku-*"] }, chain: main }
---
kind: Route
metadata: { name: by-metadata }
spec: { match: { metadata: { topic: [returns, shipping] } }, chain: main }
---
kind: Route
metadata: { name: by-two }
spec: { match: { metadata: { topic: [returns] }, labels: { team: [product] } }, chain: main }
---
kind: Route
metadata: { name: by-header }
spec: { match: { headers: { X-Region: ["eu-*"] } }, chain: main }
---
kind: Route
metadata: { name: by-when }
spec: { match: { endpoints: [chat], when: 'request.inputTokens > 9000' }, chain: main }
---
kind: Route
metadata: { name: prior }
spec: { match: { models: [tie-model] }, priority: 5, chain: main }
---
kind: Route
metadata: { name: posterior }
spec: { match: { models: [tie-model] }, chain: main }
`);

describe('the route that wins', () => {
  const cases: readonly (readonly [string, Partial<RequestFacts>, string])[] = [
    ['the catch-all when nothing else fits', {}, 'default'],
    ['a consumer by name', { consumer: 'special-app' }, 'by-consumer'],
    ['a path', { path: '/api/ai/faq' }, 'by-path'],
    ['an endpoint', { endpoint: 'images' }, 'by-endpoint'],
    ['a model as sent', { model: 'openai/gpt-4.1' }, 'by-exact-model'],
    ['a model by its alias, which resolves to the name in the policy', { model: 'gpt-4.1' }, 'by-exact-model'],
    ['a glob on the name as sent', { model: 'support/faq' }, 'by-model-glob'],
    ['the longer literal prefix', { model: 'claude-haiku-4-5' }, 'by-longer-glob'],
    ['metadata, any value of the list', { metadata: { topic: 'shipping' } }, 'by-metadata'],
    ['more fields over fewer', { metadata: { topic: 'returns' }, labels: { team: 'product' } }, 'by-two'],
    ['but only if all of them hold', { metadata: { topic: 'returns' }, labels: { team: 'test' } }, 'by-metadata'],
    ['metadata must be its own', { metadata: { toString: 'returns' } }, 'default'],
    ['a header by a glob', { headers: { 'x-region': 'eu-west' } }, 'by-header'],
    ['a condition that holds', { inputTokens: 9001 }, 'by-when'],
    ['a condition that does not', { inputTokens: 9000 }, 'default'],
    ['the higher priority of two equals', { model: 'tie-model' }, 'prior'],
  ];
  for (const [what, request, route] of cases) {
    test(what, () => {
      const found = match(snapshot, requestOf(request), NOON);
      assert.equal(found.kind === 'matched' ? found.route.name : null, route);
    });
  }

  test('is none where no route fits', () => {
    const bare = compileInlineSnapshot(
      'kind: Route\nmetadata: { name: one }\nspec: { match: { models: [x] }, deny: { status: 403, message: no } }',
    );
    assert.deepEqual(match(bare, requestOf(), NOON), { kind: 'unmatched' });
  });
});

describe('the facts a request needs', () => {
  const found = match(snapshot, requestOf(), NOON);
  const needs = found.kind === 'matched' ? found.needs : { targets: [], counters: [] };

  test('are the targets of nested chains and of the chains that budgets can lead to', () => {
    assert.deepEqual(needs.targets, ['main/gpt', 'small/mini', 'reserve/claude', 'economy/nano']);
  });
  test('and the counters of every budget in scope, also of one that only such a chain brings in', () => {
    assert.deepEqual(needs.counters.map(({ key }) => key).sort(), [
      'budget:downgrade::2026-11-22T15:00:00.000Z',
      'budget:nano-calls::rolling',
    ]);
  });
  test('are the same whatever was asked before, at any time and in any order', () => {
    const day = 86_400_000;
    const asked = fc.record({
      offset: fc.integer({ min: -3 * day, max: 3 * day }),
      consumer: fc.constantFrom('app', 'other', 'nobody'),
      model: fc.constantFrom('gpt-4o', 'special', 'free/any'),
    });
    fc.assert(
      fc.property(fc.array(asked, { minLength: 2, maxLength: 6 }), (requests) => {
        for (const { offset, consumer, model } of requests) {
          const request = requestOf({ consumer, model });
          // Nothing that is remembered for one snapshot or budget can reach a copy of them.
          const budgets = new Map([...snapshot.budgets].map(([name, budget]) => [name, { ...budget }]));
          const untouched = { ...snapshot, budgets };
          assert.deepEqual(match(snapshot, request, NOON + offset), match(untouched, request, NOON + offset));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a requested model', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['as sent', 'openai/gpt-4o', 'openai/gpt-4o'],
    ['by its alias', 'gpt-4o', 'openai/gpt-4o'],
    ['by provider and alias', 'vllm/special', 'vllm/special'],
    ['by provider and the provider’s own name', 'vllm/org/special-7b', 'vllm/special'],
    ['never by another provider’s alias', 'anthropic/special', null],
    ['that nobody knows', 'no-such-model', null],
    ['with an empty half', 'openai/', null],
    ['that is empty', '', null],
  ];
  for (const [what, requested, name] of cases) {
    test(`${what}: ${JSON.stringify(requested)}`, () =>
      assert.equal(resolveModel(snapshot, requested)?.name ?? null, name));
  }
});

test('the index finds what reading all routes finds', () => {
  const word = fc.constantFrom('a', 'ab', 'abc', 'b', 'ba');
  const globs = fc.array(
    fc
      .oneof(
        word,
        word.map((text) => `${text}*`),
        fc.constant('*'),
      )
      .map(compileGlob),
    { minLength: 1, maxLength: 3 },
  );
  const optional = fc.option(globs);
  const fields = fc.array(fc.record({ key: word, values: globs }), { maxLength: 2 });
  const matchers = fc.record({
    consumers: optional,
    paths: optional,
    models: optional,
    labels: fields,
    metadata: fields,
    headers: fields,
  });
  const blank = snapshot.routes.get('default') as Route;
  const routeLists = fc.array(matchers, { maxLength: 12 }).map((list) =>
    list.map((fields, index): Route => {
      const matcher = { ...fields, endpoints: null, when: null };
      return { ...blank, name: `r${index}`, match: matcher, specificity: specificityOf(matcher, index % 2) };
    }),
  );
  const record = fc.dictionary(word, word, { maxKeys: 2 });
  const requests = fc.record({
    consumer: word,
    path: word,
    model: word,
    labels: record,
    metadata: record,
    headers: record,
  });
  fc.assert(
    fc.property(routeLists, requests, (routes, fields) => {
      const index = buildRouteIndex(routes);
      const subject = subjectOf(snapshot, requestOf(fields));
      const expected = index.ranked.find((route) => firstMisfit(route.match, subject) === null) ?? null;
      assert.equal(bestRoute(index, subject)?.name, expected?.name);
    }),
    { numRuns: 500 },
  );
});

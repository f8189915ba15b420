import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { APP_DAY, answerBy, BASE, pairOf, recordOf, replayed } from './replay-fixture.ts';

const swap = (from: string, to: string): string => {
  assert.ok(BASE.includes(from), from);
  return BASE.replace(from, to);
};

const cases: readonly (readonly [name: string, base: string, head: string, from: object, to: object])[] = [
  [
    'another model',
    BASE,
    swap('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }'),
    { kind: 'served', model: 'openai/gpt-4o' },
    { kind: 'served', model: 'openai/gpt-4o-mini' },
  ],
  [
    'allow to deny',
    BASE,
    swap('match: {}, chain: main', 'match: {}, deny: { status: 403, message: no }'),
    { kind: 'served', target: 'main/gpt' },
    { kind: 'denied', code: 'route_denied', target: null },
  ],
  [
    'deny to allow',
    swap('match: {}, chain: main', 'match: {}, deny: { status: 403, message: no }'),
    BASE,
    { kind: 'denied' },
    { kind: 'served', target: 'main/gpt' },
  ],
  [
    'no route any more',
    BASE,
    swap('spec: { match: {}, chain: main }', 'spec: { match: { paths: [/x] }, chain: main }'),
    { kind: 'served', route: 'default' },
    { kind: 'denied', code: 'no_route', route: null },
  ],
  [
    'the budget refuses',
    BASE,
    swap('tokens: 100000', 'tokens: 1000'),
    { kind: 'served' },
    { kind: 'denied', code: 'budget_exceeded' },
  ],
  [
    'the budget hands over',
    BASE,
    swap(
      'tokens: 100000 }, window: { every: day }, onExhausted: deny',
      'tokens: 1000 }, window: { every: day }, onExhausted: { chain: cheap }',
    ),
    { kind: 'served', target: 'main/gpt' },
    { kind: 'served', target: 'cheap/mini' },
  ],
  [
    'a cache may answer',
    BASE,
    swap('spec: { match: {}, chain: main }', 'spec: { match: {}, chain: main, cache: hour }'),
    { kind: 'served', cache: null },
    { kind: 'served', cache: 'hour' },
  ],
  [
    'another route, the same target',
    BASE,
    `${BASE}---\nkind: Route\nmetadata: { name: own }\nspec: { match: { consumers: [app] }, chain: main }\n`,
    { route: 'default' },
    { route: 'own' },
  ],
  [
    'the model is not allowed',
    BASE,
    swap(
      '{ name: app, labels: { team: product } }',
      '{ name: app, labels: { team: product } }\nspec: { allow: { models: [openai/gpt-4o-mini] } }',
    ),
    { kind: 'served' },
    { kind: 'denied', code: 'model_not_allowed' },
  ],
];

describe('transitions', () => {
  for (const [name, base, head, from, to] of cases) {
    it(`${name}: both ends, one changed request, an example with its place`, () => {
      const report = replayed(pairOf(base, head), [recordOf('a')]);
      assert.equal(report.records.changed, 1);
      const [transition, ...others] = report.transitions;
      assert.equal(others.length, 0);
      for (const [key, value] of Object.entries(from))
        assert.equal(transition?.from[key as 'kind'], value, `from ${key}`);
      for (const [key, value] of Object.entries(to)) assert.equal(transition?.to[key as 'kind'], value, `to ${key}`);
      const [example] = report.examples;
      assert.equal(example?.id, 'a');
      assert.ok((example?.because?.line ?? 0) > 1, 'the example names no place');
      assert.equal(example?.because?.file, 'inline.yaml');
    });
  }

  it('blames the changed document: a price that changed in a model, not the chain that names it', () => {
    const dearer = `${BASE}---\nkind: Model\nmetadata: { name: openai/gpt-4o }\nspec: { prices: [{ from: 2024-01-01, input: "5", output: "20", source: "https://example.com", readAt: 2026-11-01 }] }\n`;
    const report = replayed(pairOf(BASE, dearer), [recordOf('a')]);
    assert.equal(report.examples[0]?.because?.document, 'Model/openai/gpt-4o');
    assert.equal(report.cost.deltaMicroUsd, 3500);
    assert.equal(report.cost.label, 'exact');
  });

  it('shows at most six examples, every new refusal among them', () => {
    const head = `${BASE.replace('tokens: 100000', 'tokens: 50000').replace('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }')}---\nkind: Route\nmetadata: { name: shut }\nspec: { match: { paths: [/shut] }, deny: { status: 403, message: no } }\n`;
    const records = [
      ...Array.from({ length: 30 }, (_, index) => recordOf(`many${index}`)),
      recordOf('shut', { request: { path: '/shut' } }),
      recordOf('spent', { facts: { counters: { [APP_DAY]: { spent: 60_000, held: 0 } } } }),
    ];
    const { examples } = replayed(pairOf(BASE, head), records);
    assert.ok(examples.length <= 6);
    assert.ok(examples.some(({ id, why }) => id === 'shut' && why === 'newly refused'));
    assert.ok(examples.some(({ id, why }) => id === 'spent' && why === 'newly refused'));
  });

  it('names routes that no record reaches, and merges small groups', () => {
    const report = replayed(
      pairOf(BASE, BASE.replace('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }')),
      [
        ...Array.from({ length: 6 }, (_, index) => recordOf(`a${index}`)),
        ...Array.from({ length: 2 }, (_, index) => recordOf(`b${index}`, { request: { labels: { team: 'small' } } })),
      ],
    );
    assert.deepEqual(report.blindSpots.routes, ['tests']);
    assert.deepEqual(
      report.movers.teams.map(({ name }) => name),
      ['product', 'other'],
    );
  });

  it('a sampled record counts as often as it stands for', () => {
    const report = replayed(
      pairOf(BASE, BASE.replace('gpt, model: openai/gpt-4o }', 'gpt, model: openai/gpt-4o-mini }')),
      [recordOf('a', { sampleWeight: 2.5 }), recordOf('b', { sampleWeight: 1.5 })],
    );
    assert.deepEqual([report.records.replayed, report.records.requests, report.records.changed], [2, 4, 4]);
    assert.equal(report.cost.baseMicroUsd, 4 * 3500);
  });

  it('leaves out records of other environments and plans that requests brought along', () => {
    const report = replayed(pairOf(BASE, BASE), [
      recordOf('a'),
      recordOf('b', { environment: 'production' }),
      recordOf('c', {
        decision: { route: 'default', allowed: true, inline: true },
        attempts: [answerBy('openai/gpt-4o')],
      }),
    ]);
    assert.deepEqual([report.records.replayed, report.records.otherEnvironment, report.records.inline], [2, 1, 1]);
    assert.equal(report.cost.baseMicroUsd, 3500);
  });
});

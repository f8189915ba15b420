import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadCatalog } from '#catalog';
import type { TrafficRecord } from '#decision-log';
import { createSampler, createStatsCounter, leaksOf, readLock, writeLock } from '#replay';
import { answerBy, NOON, recordOf } from './replay-fixture.ts';

const week: readonly TrafficRecord[] = Array.from({ length: 4000 }, (_, index) => {
  const isRare = index % 200 === 0;
  return recordOf(`r${index}`, {
    atMs: NOON + index * 60_000,
    request: { consumer: isRare ? 'tests' : 'app', session: `s${Math.floor(index / 4)}` },
    outcome: { status: isRare ? 500 : 200, usage: answerBy('x').usage ?? null, costMicroUsd: 100, durationMs: 900 },
  });
});

function sample(share: number, floor: number, seed = 'a') {
  const sampler = createSampler({ share, floor, seed });
  for (const record of week) sampler.learn(record);
  return week.map(sampler.draw).filter((record) => record !== null);
}

describe('a sample', () => {
  it('keeps about the share, at least the floor of every stratum, and the totals by its weights', () => {
    const drawn = sample(0.1, 15);
    const rare = drawn.filter(({ request }) => request.consumer === 'tests');
    assert.ok(rare.length >= 15, `${rare.length} of the rare stratum`);
    assert.ok(drawn.length > 300 && drawn.length < 520, `${drawn.length}`);
    const weight = drawn.reduce((sum, { sampleWeight = 1 }) => sum + sampleWeight, 0);
    assert.ok(Math.abs(weight - 4000) < 500, `${weight} stand for 4,000`);
    assert.ok(drawn.every(({ stratum }) => stratum !== undefined && stratum !== ''));
  });

  it('is the same every time, another with another seed, and holds dialogues together', () => {
    assert.deepEqual(sample(0.1, 5), sample(0.1, 5));
    assert.notDeepEqual(
      sample(0.1, 5, 'b').map(({ id }) => id),
      sample(0.1, 5).map(({ id }) => id),
    );
    const common = sample(0.2, 0).filter(({ request }) => request.consumer === 'app');
    const sizes = new Map<string, number>();
    for (const { request } of common) sizes.set(request.session ?? '', (sizes.get(request.session ?? '') ?? 0) + 1);
    assert.ok(
      [...sizes.values()].every((size) => size >= 3),
      'a session of four was torn apart',
    );
  });

  it('of everything is everything, with weight one', () => {
    const drawn = sample(1, 0);
    assert.equal(drawn.length, 4000);
    assert.ok(drawn.every(({ sampleWeight }) => sampleWeight === 1));
  });
});

describe('statistics', () => {
  it('count volume, mix, duplicates, strata, window and gaps', () => {
    const counter = createStatsCounter();
    for (const record of week.slice(0, 100)) counter.add(record);
    counter.add(week[0] as TrafficRecord);
    counter.add(recordOf('late', { atMs: NOON + 10 * 3_600_000, request: { digests: { prompt: 'aaaaaaaa' } } }));
    counter.add(recordOf('later', { atMs: NOON + 10 * 3_600_000, request: { digests: { prompt: 'aaaaaaaa' } } }));
    const stats = counter.stats();
    assert.deepEqual([stats.records, stats.duplicateIds, stats.repeatedPrompts, stats.strata.length], [103, 1, 1, 3]);
    assert.deepEqual(stats.mix.consumer, [
      { name: 'app', records: 101 },
      { name: 'tests', records: 2 },
    ]);
    assert.deepEqual(stats.gaps, [{ from: '2026-11-23T14:00:00.000Z', to: '2026-11-23T22:00:00.000Z' }]);
    assert.equal(stats.costMicroUsd, 10_100);
    assert.equal(stats.from, '2026-11-23T12:00:00.000Z');
  });
});

describe('verifying', () => {
  const clean = recordOf('imp_0123456789abcdef01234567', {
    digest: 'a1'.repeat(32),
    facts: { counters: { 'budget:product-month::2026-10-31T15:00:00.000Z': { spent: 1, held: 0 } } },
    request: { session: 'p_0123456789abcdef', digests: { prompt: '0123456789abcdef0123456789abcdef' } },
    outcome: { status: 200, costSource: 'https://example.com/pricing' },
  });

  it('passes what records are made of', () => {
    assert.deepEqual(leaksOf(clean), []);
  });

  it('takes no model of the catalogue for a key', () => {
    const { models, listed, loadListed } = loadCatalog();
    for (const { metadata } of [...models, ...[...listed.keys()].flatMap(loadListed)]) {
      const model = metadata.name;
      assert.deepEqual(leaksOf({ ...clean, request: { ...clean.request, model } }), [], model);
    }
  });

  const leaks: readonly (readonly [string, object, string])[] = [
    [
      'an e-mail address in metadata',
      { request: { ...clean.request, metadata: { user: 'jane.doe@example.com' } } },
      'request.metadata.user',
    ],
    [
      'a key in a header',
      { request: { ...clean.request, headers: { 'x-key': 'sk-abcdefghijklmnop1234567890' } } },
      'request.headers.x-key',
    ],
    [
      'a card number',
      { request: { ...clean.request, labels: { card: '4111 1111 1111 1111' } } },
      'request.labels.card',
    ],
    [
      'a random token',
      { request: { ...clean.request, metadata: { note: 'Zk3vQ9xT7bLm2RwY8pHs4NdC6' } } },
      'request.metadata.note',
    ],
    [
      'prompt text under a key of its own',
      { request: { ...clean.request, messages: [{ role: 'user', content: 'hi' }] } },
      'request.messages',
    ],
    [
      'free text in a known field',
      {
        request: {
          ...clean.request,
          metadata: { note: 'please tell me why my order has not come although it was promised for last Monday' },
        },
      },
      'request.metadata.note',
    ],
    ['a secret at the top', { password: 'x' }, 'password'],
    [
      'an address as a key',
      { request: { ...clean.request, metadata: { 'jane.doe@example.com': 'x' } } },
      'request.metadata (key)',
    ],
    [
      'text in place of a digest',
      { request: { ...clean.request, digests: { prompt: 'what is the weather like' } } },
      'request.digests.prompt',
    ],
    ['an address in the id', { id: 'jane.doe@example.com' }, 'id'],
  ];
  for (const [name, change, field] of leaks) {
    it(`refuses ${name}, by field and without the text`, () => {
      const found = leaksOf({ ...clean, ...change });
      assert.deepEqual(
        found.map((leak) => leak.field),
        [field],
      );
      assert.doesNotMatch(JSON.stringify(found.map(({ what }) => what)), /jane|4111|Zk3v|Monday/);
    });
  }
});

describe('a lock file', () => {
  it('lists recordings by name and reads back; anything else is none', () => {
    const one = {
      name: 'b.ndjson',
      sha256: 'a'.repeat(64),
      sizeBytes: 1,
      records: 1,
      from: null,
      to: null,
      strata: 1,
      schema: 1 as const,
    };
    const text = writeLock([one, { ...one, name: 'a.ndjson' }]);
    assert.deepEqual(
      readLock(text)?.recordings.map(({ name }) => name),
      ['a.ndjson', 'b.ndjson'],
    );
    for (const other of [
      '',
      '{}',
      '[]',
      '{"format":"signalbox-traffic-lock/1"}',
      '{"format":"signalbox-traffic-lock/1","recordings":[1]}',
    ])
      assert.equal(readLock(other), null);
  });
});

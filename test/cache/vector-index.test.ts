import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createVectorIndex } from '../../src/cache/index.ts';

/** Numbers from a seed, so that a failure comes again. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 4294967296 - 0.5;
  };
}
const vectorBy = (draw: () => number, near?: Float32Array, noise = 1) =>
  Float32Array.from({ length: 64 }, (_, i) => (near?.[i] ?? 0) + noise * draw());
const cosine = (a: Float32Array, b: Float32Array) => {
  const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe('the vector index', () => {
  it('finds what a search of everything finds, and nothing of another scope', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 200 }), (seed, count) => {
        const draw = numbers(seed);
        const index = createVectorIndex<number>(1000);
        const centre = vectorBy(draw);
        const all = Array.from({ length: count }, (_, n) => vectorBy(draw, centre, (n % 10) / 10));
        for (const [n, vector] of all.entries()) index.put(n % 3 === 0 ? 'other' : 'own', `k${n}`, vector, n);
        const query = vectorBy(draw, centre, 0.2);
        const found = index.search('own', query, 0.9, 1000);
        const expected = all.flatMap((vector, n) => (n % 3 !== 0 && cosine(vector, query) >= 0.9 ? [n] : []));
        const near = all.flatMap((vector, n) => (Math.abs(cosine(vector, query) - 0.9) < 0.01 ? [n] : []));
        const differing = [...found.map(({ item }) => item), ...expected].filter(
          (n, _, list) => list.filter((each) => each === n).length === 1,
        );
        assert.deepEqual(
          differing.filter((n) => !near.includes(n)),
          [],
        );
        for (const [at, { item, similarity }] of found.entries()) {
          assert.ok(Math.abs(similarity - cosine(all[item]!, query)) < 0.01);
          assert.ok(at === 0 || found[at - 1]!.similarity >= similarity);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('replaces, removes and forgets the oldest', () => {
    const index = createVectorIndex<string>(3);
    const draw = numbers(1);
    const vectors = Array.from({ length: 5 }, () => vectorBy(draw));
    for (const [n, vector] of vectors.entries()) index.put('s', `k${n}`, vector, `v${n}`);
    assert.equal(index.size(), 3);
    const has = (n: number) => index.search('s', vectors[n]!, 0.99, 5).map(({ item }) => item);
    assert.deepEqual([0, 1, 2, 3, 4].map(has), [[], [], ['v2'], ['v3'], ['v4']]);
    index.put('s', 'k3', vectors[0]!, 'new');
    assert.deepEqual([has(3), has(0)], [[], ['new']]);
    index.remove('k2');
    assert.deepEqual([has(2), has(4), index.size()], [[], ['v4'], 2]);
    assert.deepEqual(index.search('s', new Float32Array(7), 0, 5), []);
    index.put('s', 'odd', new Float32Array(7).fill(1), 'odd');
    assert.deepEqual(has(4), ['v4']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileGlob, fitsGlob } from '#core';
import { stringClasses } from '../../src/lint/string-classes.ts';

const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), minLength: 1, maxLength: 4 });
const everyText = textsUpTo(5, ['a', 'b', 'q']);

describe('classes of texts', () => {
  it('hold one text for every set of patterns that some text fits', () => {
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 4 }), (sources) => {
        const globs = sources.map(compileGlob);
        const signature = (text: string): string => globs.map((glob) => (fitsGlob(glob, text) ? '1' : '0')).join('');
        const found = new Set(stringClasses(globs).texts.map(signature));
        for (const text of everyText)
          assert.ok(found.has(signature(text)), `nothing stands for ${JSON.stringify(text)}`);
      }),
      { numRuns: 400 },
    );
  });

  const table: readonly (readonly [patterns: readonly string[], texts: readonly string[]])[] = [
    [[], ['x']],
    [['gpt'], ['gpt', 'x']],
    [['gpt-*'], ['x', 'gpt-']],
    [['*'], ['x']],
    [['x*'], ['0', 'x']],
  ];
  for (const [patterns, texts] of table) {
    it(`of ${JSON.stringify(patterns)} are ${JSON.stringify(texts)}`, () => {
      assert.deepEqual(stringClasses(patterns.map(compileGlob)), { texts, isComplete: true });
    });
  }

  it('say so when there are too many of them', () => {
    const wall = Array.from({ length: 14 }, (_, at) => compileGlob(`*${String.fromCharCode(97 + at)}*z*`));
    assert.equal(stringClasses(wall).isComplete, false);
  });
});

function textsUpTo(length: number, alphabet: readonly string[]): readonly string[] {
  let layer = [''];
  const all = [''];
  for (let at = 0; at < length; at++) {
    layer = layer.flatMap((text) => alphabet.map((character) => text + character));
    all.push(...layer);
  }
  return all;
}

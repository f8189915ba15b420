import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { freshnessOf, jitterOf, keepForMs, pieces, readCachedAnswer } from '../../src/cache/index.ts';

describe('a replay', () => {
  it('comes in pieces that join to the text again, none of them long, no sign torn', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const parts = pieces(text);
        assert.equal(parts.join(''), text);
        assert.ok(parts.every((part) => !/^[\udc00-\udfff]/.test(part)));
      }),
    );
    assert.deepEqual(pieces('You can return it.'), ['You ', 'can ', 'return ', 'it.']);
    assert.deepEqual(pieces('返品できます。').join('|'), '返品でき|ます。');
    assert.ok(pieces('word '.repeat(500)).every((part) => part.length <= 30));
  });
});

describe('the life of an answer', () => {
  const rule = { ttlMs: 1000, staleWhileRevalidateMs: 500, staleIfErrorMs: 2000 };
  it('is shortened by jitter by at most a tenth, then old, then only for errors', () => {
    const answer = { storedAtMs: 0, jitter: jitterOf(1) };
    const at = (ms: number) => freshnessOf(rule, answer, ms);
    assert.deepEqual(
      [at(0), at(899), at(901), at(1399), at(1401), at(2899), at(2901)],
      ['fresh', 'fresh', 'stale', 'stale', 'stale-if-error', 'stale-if-error', 'expired'],
    );
    assert.equal(freshnessOf(rule, { storedAtMs: 0, jitter: jitterOf(0) }, 999), 'fresh');
    assert.equal(keepForMs(rule, 0), 3000);
  });

  it('nothing but a whole answer is read as one', () => {
    for (const text of [
      '',
      '{',
      '[]',
      'null',
      '{}',
      '{"response":{"choices":[]},"target":"a","storedAtMs":1,"jitter":0}',
    ]) {
      assert.equal(readCachedAnswer(text), null, text);
    }
  });
});

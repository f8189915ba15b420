import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createTextMeter, estimateTokens } from '#dialects';

describe('the token estimate', () => {
  const cases: readonly [string, readonly [number, number], number, number][] = [
    ['no text', [0, 0], 0, 0],
    ['one character', [1, 0], 0, 1],
    ['400 ASCII characters', [400, 0], 0, 100],
    ['100 Japanese characters', [0, 100], 0, 80],
    ['two messages', [8, 10], 2, 18],
  ];
  for (const [name, length, messages, expected] of cases) {
    test(`${name}: ${expected}`, () => assert.equal(estimateTokens(length, messages), expected));
  }
});

test('the meter tells ASCII from wider code units in any text', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      const meter = createTextMeter();
      for (const text of texts) meter.add(text);
      const units = texts.join('').split('');
      const wide = units.filter((unit) => unit > '\x7f').length;
      assert.deepEqual(meter.length(), [units.length - wide, wide]);
    }),
  );
});

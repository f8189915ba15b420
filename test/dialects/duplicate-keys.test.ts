import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonObject } from '#core';
import { holdsDuplicateKeys } from '#dialects';

const holds = (text: string) => holdsDuplicateKeys(Buffer.from(text), JSON.parse(text) as JsonObject);

describe('a JSON text', () => {
  for (const text of [
    '{"a":1,"a":2}',
    '{"a":[{"b":{"c":1,"c":1}}]}',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":{}}',
    '{"a":":\\\\","b":{"x":"\\"","x":"{\\":"}}',
  ]) {
    it(`has a key twice in ${text}`, () => assert.equal(holds(text), true));
  }

  it('that was written from a value has none twice, whatever its strings hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 })), (value) => {
        assert.equal(holds(JSON.stringify(value)), false);
        assert.equal(holds(JSON.stringify(value, null, 2)), false);
      }),
      { numRuns: 40 },
    );
  });
});

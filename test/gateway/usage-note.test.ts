import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { TOKEN_CLASSES } from '#core';
import type { UsageEntry } from '#state';
import { readUsageNote, writeUsageNote } from '../../src/gateway/usage-note.ts';

const count = fc.nat({ max: 2 ** 31 });
const word = fc.string({ maxLength: 12 });
const usage = fc.option(fc.record(Object.fromEntries(TOKEN_CLASSES.map((name) => [name, count]))));
const charge = fc.record({
  ...{ target: word, provider: word, model: word, usage, estimated: fc.boolean() },
  ...{ images: count, searchUnits: count },
  ...{ costMicroUsd: fc.option(count), priceSource: fc.option(word), priceFromMs: fc.option(count) },
});
const counter = fc.record({
  ...{ key: word, budget: word, limit: count, split: fc.array(word, { maxLength: 3 }) },
  ...{ unit: fc.constantFrom('cost', 'tokens', 'requests'), windowStartMs: count, windowEndMs: count },
});
const entries = fc.record({
  ...{ id: word, atMs: count, environment: word, revision: word, consumer: word, team: word, route: word },
  ...{ chain: fc.option(word), endpoint: word, status: count, code: fc.option(word), fallback: fc.option(word) },
  ...{ attempts: count, savedMicroUsd: count, charges: fc.array(charge, { minLength: 1, maxLength: 4 }) },
  budgets: fc.array(fc.record({ counter, isRolling: fc.boolean(), amount: count }), { maxLength: 5 }),
});

test('the account kept with a settlement is read as it was written', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const plain = JSON.parse(JSON.stringify(entry)) as UsageEntry;
      assert.deepEqual(readUsageNote(writeUsageNote(plain)), plain);
    }),
  );
});

for (const text of ['', '{}', '[]', 'null', '["id"]', '["id",1,[],[],[],[]]', '[1,2,3,4,5,6]']) {
  test(`${text || 'nothing'} is no account`, () => {
    assert.equal(readUsageNote(text), null);
  });
}

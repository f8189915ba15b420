import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTime } from '../../src/upstream/auth/in-time.ts';

test('credentials that never come are waited for no longer than told', async () => {
  await assert.rejects(inTime(new Promise(() => {}), 1, 'no token: sts.example did not answer in time'), {
    message: 'no token: sts.example did not answer in time',
  });
  assert.equal(await inTime(Promise.resolve('keys'), 60_000, 'late'), 'keys');
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTraced, readTraceContext } from '#telemetry';

const FACTS = {
  context: readTraceContext('req_1', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'),
  ...{ status: 200, isCut: false, fallback: null, attempts: 1, streamed: false, durationMs: 100, firstTokenMs: null },
};
const ALL = ['error', 'fallback', 'denied', 'slow'];

describe('what is traced whatever the sample', () => {
  const cases: readonly (readonly [name: string, facts: object, sorts: readonly string[], expected: boolean])[] = [
    ['nothing of a plain request', {}, ALL, false],
    ['an answer slower than the limit', { durationMs: 3001 }, ['slow'], true],
    ['not an answer at the limit', { durationMs: 3000 }, ['slow'], false],
    ['a stream whose first content was late', { streamed: true, durationMs: 9000, firstTokenMs: 3001 }, ['slow'], true],
    ['not a long stream that began soon', { streamed: true, durationMs: 90_000, firstTokenMs: 200 }, ['slow'], false],
    ['a stream that never began', { streamed: true, durationMs: 3001 }, ['slow'], true],
    [
      'not a slow answer where policy does not ask for slow ones',
      { durationMs: 9000 },
      ['error', 'fallback', 'denied'],
      false,
    ],
    ['an error of a provider', { status: 500 }, ['error'], true],
    ['a cut stream', { isCut: true }, ['error'], true],
    ['a fallback', { fallback: 'timeout' }, ['fallback'], true],
    ['a refusal', { status: 429, attempts: 0 }, ['denied'], true],
    ['not a caller that hung up before any call', { status: 499, attempts: 0 }, ALL, false],
  ];
  for (const [name, facts, alwaysTrace, expected] of cases) {
    it(name, () => {
      assert.equal(isTraced({ traceSample: 0, alwaysTrace, slowAfterMs: 3000 }, { ...FACTS, ...facts }), expected);
    });
  }
});

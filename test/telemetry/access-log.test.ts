import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logAccess } from '#telemetry';

test('writes one line for a request, without what it never had', () => {
  const lines: object[] = [];
  const log = { info: (fields: object, text: string) => lines.push({ ...fields, msg: text }) };
  const attempt = { target: 'a/b', provider: 'openai', model: 'm', outcome: 'ok', durationMs: 9 };
  const served = {
    ...{ operation: 'chat', consumer: 'app', team: '', route: 'default', provider: 'openai', model: 'm' },
    ...{ status: 200, code: null, streamed: false, cache: 'off', fallback: 'auth', durationMs: 12.345 },
    ...{
      firstTokenMs: null,
      overheadMs: 0.44,
      usage: null,
      costMicroUsd: 1590,
      attempts: [attempt],
      budgets: [],
      overruns: [],
    },
  };
  logAccess(log, 'req_1', served);
  const refused = { ...served, route: '', provider: '', model: '', status: 404, code: 'no_route', attempts: [] };
  logAccess(log, 'req_2', { ...refused, fallback: null, costMicroUsd: null });
  const [first, second] = lines;
  assert.deepEqual(first, {
    ...{ requestId: 'req_1', status: 200, operation: 'chat', consumer: 'app', route: 'default' },
    ...{ provider: 'openai', model: 'm', fallback: 'auth', attempts: 1, durationMs: 12.3, overheadMs: 0.4 },
    ...{ costUsd: '0.001590', msg: 'request' },
  });
  assert.deepEqual(second, {
    ...{ requestId: 'req_2', status: 404, code: 'no_route', operation: 'chat', consumer: 'app' },
    ...{ attempts: 0, durationMs: 12.3, overheadMs: 0.4, msg: 'request' },
  });
});

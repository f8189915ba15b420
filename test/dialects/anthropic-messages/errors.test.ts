import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError, type OutcomeReason } from '#core';
import { anthropic } from './support.ts';

function body(type: string, message: string): string {
  return JSON.stringify({ type: 'error', error: { type, message }, request_id: 'req_011' });
}

describe('an upstream error is classified', () => {
  const cases: readonly [string, number, string, OutcomeReason, string | null][] = [
    [
      'a bad request',
      400,
      body('invalid_request_error', 'max_tokens: Field required'),
      'invalid-request',
      'invalid_request_error',
    ],
    ['a wrong key', 401, body('authentication_error', 'invalid x-api-key'), 'auth', 'authentication_error'],
    ['billing', 402, body('billing_error', 'Payment required'), 'auth', 'billing_error'],
    [
      'an empty account',
      400,
      body('invalid_request_error', 'Your credit balance is too low to access the API'),
      'auth',
      'invalid_request_error',
    ],
    ['no permission', 403, body('permission_error', 'no'), 'auth', 'permission_error'],
    ['an unknown model', 404, body('not_found_error', 'model: claude-typo'), 'auth', 'not_found_error'],
    ['an unknown path', 404, body('not_found_error', 'Not found'), 'invalid-request', 'not_found_error'],
    ['a body too large', 413, body('request_too_large', 'too large'), 'context-overflow', 'request_too_large'],
    [
      'a prompt too long',
      400,
      body('invalid_request_error', 'prompt is too long: 300000 tokens > 200000 maximum'),
      'context-overflow',
      'invalid_request_error',
    ],
    [
      'a prompt and answer too long',
      400,
      body('invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 2'),
      'context-overflow',
      'invalid_request_error',
    ],
    [
      'a filtered answer',
      400,
      body('invalid_request_error', 'Output blocked by content filtering policy'),
      'content-filter',
      'invalid_request_error',
    ],
    ['a rate limit', 429, body('rate_limit_error', 'slow down'), 'rate-limit', 'rate_limit_error'],
    ['an internal error', 500, body('api_error', 'Internal server error'), 'server-error', 'api_error'],
    ['a timeout', 504, body('timeout_error', 'timed out'), 'timeout', 'timeout_error'],
    ['overload', 529, body('overloaded_error', 'Overloaded'), 'server-error', 'overloaded_error'],
    ['a proxy’s page behind a 502', 502, '<html>Bad gateway</html>', 'server-error', null],
    ['a rate limit without a body', 429, '', 'rate-limit', null],
    ['a page in place of an answer', 404, '<!DOCTYPE html>', 'malformed', null],
    ['an empty body', 400, '', 'malformed', null],
    ['JSON of another shape', 400, '{"detail":"x"}', 'malformed', null],
    ['a redirect', 302, '', 'malformed', null],
  ];
  for (const [name, status, text, reason, code] of cases) {
    test(name, () => {
      const failure = anthropic.readError(status, {}, text);
      assert.equal(failure.reason, reason);
      assert.equal(failure.code, code);
      assert.notEqual(failure.message, '');
    });
  }
  test('with the provider’s request id, wherever it stands', () => {
    assert.match(anthropic.readError(400, {}, body('invalid_request_error', 'x')).message, /req_011/);
    assert.match(anthropic.readError(502, { 'request-id': 'req_022' }, '').message, /req_022/);
  });
  test('with the wait it asks for', () => {
    assert.equal(anthropic.readError(429, { 'retry-after': '7' }, body('rate_limit_error', 'x')).retryAfterMs, 7000);
    const nowMs = Date.parse('2026-11-23T09:00:00Z');
    const reset = { 'anthropic-ratelimit-requests-reset': '2026-11-23T09:00:05Z' };
    assert.equal(anthropic.readError(429, reset, '', nowMs).retryAfterMs, 5000);
  });
  test('with the provider’s own word against a retry', () => {
    assert.equal(anthropic.readError(529, { 'x-should-retry': 'false' }, '').noRetry, true);
    assert.equal(anthropic.readError(529, {}, '').noRetry, false);
  });
});

describe('our own error is written in this dialect', () => {
  const cases: readonly [GatewayError, string][] = [
    [new GatewayError('invalid_request', 'm'), 'invalid_request_error'],
    [new GatewayError('invalid_api_key', 'm'), 'authentication_error'],
    [new GatewayError('model_not_allowed', 'm'), 'permission_error'],
    [new GatewayError('no_route', 'm'), 'not_found_error'],
    [new GatewayError('method_not_allowed', 'm'), 'invalid_request_error'],
    [new GatewayError('request_too_large', 'm'), 'request_too_large'],
    [new GatewayError('budget_exceeded', 'm'), 'rate_limit_error'],
    [new GatewayError('internal_error', 'm'), 'api_error'],
    [new GatewayError('chain_exhausted', 'm'), 'api_error'],
    [new GatewayError('chain_exhausted', 'm', { status: 504 }), 'timeout_error'],
    [new GatewayError('overloaded', 'm'), 'overloaded_error'],
    [new GatewayError('chain_exhausted', 'm', { status: 529 }), 'overloaded_error'],
  ];
  for (const [error, type] of cases) {
    test(`${error.code} with ${error.status} as ${type}`, () => {
      assert.deepEqual(anthropic.writeError(error, 'req_1'), {
        type: 'error',
        error: { type, message: 'm', code: error.code, hint: error.hint },
        request_id: 'req_1',
      });
    });
  }
  test('with the field and the attempts where there are any', () => {
    const attempts = [{ target: 'premium/gpt', outcome: 'auth', status: 401 }];
    const written = anthropic.writeError(new GatewayError('chain_exhausted', 'm', { field: 'a.b', attempts }), 'req_1');
    const error = written.error as Record<string, unknown>;
    assert.equal(error.field, 'a.b');
    assert.deepEqual(error.attempts, attempts);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GatewayError, type JsonObject, type OutcomeReason } from '#core';
import { gemini } from './support.ts';

function status(code: number, name: string, message: string, details: readonly JsonObject[] = []): JsonObject {
  return { error: { code, message, status: name, details } };
}

const info = (reason: string) => ({
  '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
  reason,
  domain: 'googleapis.com',
});

describe('an error of the API is classified', () => {
  const cases: readonly [number, JsonObject, OutcomeReason, string][] = [
    [400, status(400, 'INVALID_ARGUMENT', 'Invalid value at contents'), 'invalid-request', 'INVALID_ARGUMENT'],
    [
      400,
      status(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [info('API_KEY_INVALID')]),
      'auth',
      'API_KEY_INVALID',
    ],
    [400, status(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'), 'auth', 'INVALID_ARGUMENT'],
    [
      400,
      status(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
      'auth',
      'FAILED_PRECONDITION',
    ],
    [
      400,
      status(
        400,
        'INVALID_ARGUMENT',
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      ),
      'context-overflow',
      'INVALID_ARGUMENT',
    ],
    [401, status(401, 'UNAUTHENTICATED', 'no'), 'auth', 'UNAUTHENTICATED'],
    [403, status(403, 'PERMISSION_DENIED', 'no', [info('SERVICE_DISABLED')]), 'auth', 'SERVICE_DISABLED'],
    [404, status(404, 'NOT_FOUND', 'models/x is not found'), 'invalid-request', 'NOT_FOUND'],
    [429, status(429, 'RESOURCE_EXHAUSTED', 'quota'), 'rate-limit', 'RESOURCE_EXHAUSTED'],
    [499, status(499, 'CANCELLED', 'cancelled'), 'server-error', 'CANCELLED'],
    [500, status(500, 'INTERNAL', 'oops'), 'server-error', 'INTERNAL'],
    [503, status(503, 'UNAVAILABLE', 'The model is overloaded.'), 'server-error', 'UNAVAILABLE'],
    [504, status(504, 'DEADLINE_EXCEEDED', 'late'), 'timeout', 'DEADLINE_EXCEEDED'],
  ];
  for (const [code, body, reason, name] of cases) {
    test(`${code} ${JSON.stringify(body).slice(0, 80)} is ${reason}`, () => {
      for (const text of [JSON.stringify(body), JSON.stringify([body])]) {
        const failure = gemini.readError(code, {}, text);
        assert.deepEqual([failure.reason, failure.code, failure.noRetry], [reason, name, false]);
        assert.equal(failure.message, (body.error as JsonObject).message);
      }
    });
  }
});

describe('an answer that is not the API’s', () => {
  const cases: readonly [number, string, OutcomeReason][] = [
    [404, '<!DOCTYPE html><title>Error 404</title>', 'malformed'],
    [400, '', 'malformed'],
    [302, '', 'malformed'],
    [502, '<html>Bad Gateway</html>', 'server-error'],
    [503, '', 'server-error'],
    [429, 'slow', 'rate-limit'],
    [403, '<html>', 'auth'],
  ];
  for (const [code, body, reason] of cases) {
    test(`${code} ${body} is ${reason}, and the page is not repeated`, () => {
      const failure = gemini.readError(code, {}, body);
      assert.deepEqual([failure.reason, failure.code], [reason, null]);
      assert.match(failure.message, new RegExp(`answered ${code}`));
    });
  }
});

describe('the wait that the API asks for', () => {
  const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '13.5s' };
  const quota = (quotaId: string, quotaValue: string) => ({
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [{ quotaId, quotaValue }],
  });
  const cases: readonly [string, readonly JsonObject[], number | null, boolean][] = [
    ['is read from RetryInfo', [quota('RequestsPerMinute', '10'), retry], 13_500, false],
    ['may be missing', [], null, false],
    ['is no use for a quota of the day', [quota('GenerateRequestsPerDayPerProject', '50'), retry], 13_500, true],
    ['is no use for a quota of zero', [quota('TokensPerMinute', '0'), retry], 13_500, true],
  ];
  for (const [name, details, retryAfterMs, noRetry] of cases) {
    test(name, () => {
      const failure = gemini.readError(429, {}, JSON.stringify(status(429, 'RESOURCE_EXHAUSTED', 'quota', details)));
      assert.deepEqual([failure.retryAfterMs, failure.noRetry], [retryAfterMs, noRetry]);
    });
  }
  test('may stand in a header', () => {
    assert.equal(gemini.readError(503, { 'retry-after': '2' }, '').retryAfterMs, 2000);
  });
});

describe('our errors are written as google.rpc.Status', () => {
  const cases: readonly [GatewayError, number, string][] = [
    [new GatewayError('invalid_request', 'm'), 400, 'INVALID_ARGUMENT'],
    [new GatewayError('invalid_api_key', 'm'), 401, 'UNAUTHENTICATED'],
    [new GatewayError('model_not_allowed', 'm'), 403, 'PERMISSION_DENIED'],
    [new GatewayError('no_route', 'm'), 404, 'NOT_FOUND'],
    [new GatewayError('request_too_large', 'm'), 413, 'INVALID_ARGUMENT'],
    [new GatewayError('budget_exceeded', 'm'), 429, 'RESOURCE_EXHAUSTED'],
    [new GatewayError('internal_error', 'm'), 500, 'INTERNAL'],
    [new GatewayError('chain_exhausted', 'm'), 502, 'UNAVAILABLE'],
    [new GatewayError('chain_exhausted', 'm', { status: 504 }), 504, 'DEADLINE_EXCEEDED'],
    [new GatewayError('chain_exhausted', 'm', { status: 529 }), 529, 'INTERNAL'],
  ];
  for (const [error, code, name] of cases) {
    test(`${error.code} ${code} is ${name}`, () => {
      const body = gemini.writeError(error, 'req_1') as {
        error: { code: number; status: string; details: JsonObject[] };
      };
      assert.deepEqual([body.error.code, body.error.status, body.error.details[0]?.reason], [code, name, error.code]);
    });
  }
  test('with hint, field, wait and attempts', () => {
    const error = new GatewayError('chain_exhausted', 'every target failed', {
      field: 'model',
      retryAfterMs: 1200,
      hint: 'Wait.',
      attempts: [
        { target: 'premium/gpt', outcome: 'rate-limit', status: 429 },
        { target: 'premium/claude', outcome: 'network' },
      ],
    });
    assert.deepEqual(gemini.writeError(error, 'req_1'), {
      error: {
        code: 502,
        message: 'every target failed',
        status: 'UNAVAILABLE',
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'chain_exhausted',
            domain: 'signalbox',
            metadata: {
              requestId: 'req_1',
              hint: 'Wait.',
              attempts: 'premium/gpt: rate-limit 429; premium/claude: network',
            },
          },
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: 'model', description: 'every target failed' }],
          },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' },
        ],
      },
    });
  });
});

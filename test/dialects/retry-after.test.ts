import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readRetryAfter } from '#dialects';

const now = Date.parse('2026-11-23T09:00:00Z');

describe('the wait a provider asks for', () => {
  const cases: readonly [string, number, Record<string, string>, string, number | null][] = [
    ['whole seconds', 429, { 'retry-after': '20' }, '', 20_000],
    ['decimal seconds', 429, { 'retry-after': '7.66' }, '', 7660],
    ['zero', 503, { 'retry-after': '0' }, '', 0],
    ['a duration with units', 429, { 'retry-after': '1s' }, '', 1000],
    ['an HTTP date', 503, { 'retry-after': 'Mon, 23 Nov 2026 09:00:30 GMT' }, '', 30_000],
    ['an HTTP date in the past', 503, { 'retry-after': 'Mon, 23 Nov 2026 08:00:30 GMT' }, '', 0],
    [
      'an HTTP date against the answer’s own clock',
      503,
      { 'retry-after': 'Mon, 23 Nov 2026 10:00:05 GMT', date: 'Mon, 23 Nov 2026 10:00:00 GMT' },
      '',
      5000,
    ],
    ['retry-after-ms, before retry-after', 429, { 'retry-after-ms': '250', 'retry-after': '1' }, '', 250],
    ['Azure’s x-ms-retry-after-ms', 429, { 'x-ms-retry-after-ms': '1200' }, '', 1200],
    [
      'an OpenAI window that is used up',
      429,
      {
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-tokens': '20ms',
        'x-ratelimit-remaining-tokens': '5',
      },
      '',
      360_000,
    ],
    [
      'the earliest OpenAI window when none is used up',
      429,
      { 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '20ms' },
      '',
      20,
    ],
    ['hours, minutes and decimal seconds', 429, { 'x-ratelimit-reset-tokens': '1h2m3.5s' }, '', 3_723_500],
    [
      'Anthropic’s RFC 3339 reset',
      429,
      { 'anthropic-ratelimit-tokens-reset': '2026-11-23T09:00:12Z', 'anthropic-ratelimit-tokens-remaining': '0' },
      '',
      12_000,
    ],
    ['OpenRouter’s reset in Unix milliseconds', 429, { 'x-ratelimit-reset': String(now + 4000) }, '', 4000],
    [
      'Gemini’s RetryInfo',
      429,
      {},
      '{"error":{"details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"13s"}]}}',
      13_000,
    ],
    ['Gemini’s RetryInfo in an array', 429, {}, '[{"error":{"details":[{"retryDelay":"1.5s"}]}}]', 1500],
    ['OpenAI’s words', 429, {}, '{"error":{"message":"Rate limit reached. Please try again in 1m2.3s."}}', 62_300],
    ['a window on an answer that is no 429', 500, { 'x-ratelimit-reset-requests': '6m0s' }, '', null],
    ['nothing', 429, {}, '<html>', null],
    ['nonsense', 429, { 'retry-after': 'soon 1', 'retry-after-ms': '-1' }, '{"retryDelay":', null],
  ];
  for (const [name, status, headers, body, expected] of cases) {
    test(`${name}: ${expected}`, () => assert.equal(readRetryAfter({ status, headers, body, nowMs: now }), expected));
  }
  test('is unknown when a date has no clock to be measured by', () => {
    assert.equal(readRetryAfter({ status: 503, headers: { 'retry-after': 'Mon, 23 Nov 2026 09:00:30 GMT' } }), null);
  });
});

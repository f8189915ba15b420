import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Facts, type RequestFacts, type Simulation, simulateRequest, type UpstreamScript } from '#decision';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { factsOf, requestOf } from './build.ts';

const snapshot = compileInlineSnapshot(`
kind: Consumer
metadata: { name: app }
---
kind: Consumer
metadata: { name: test-team }
spec: { allow: { models: ["openai/gpt-4o-mini"] } }
---
kind: Chain
metadata: { name: premium }
spec:
  deadline: 60s
  maxAttempts: 5
  defaults:
    timeouts: { connect: 2s, firstToken: 10s, idle: 15s, total: 45s }
    retry: { max: 2, on: [rate-limit, server-error, timeout], initial: 1s, jitter: none }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
    - { id: cheap, chain: economy }
---
kind: Chain
metadata: { name: economy }
spec: { defaults: { retry: { max: 0 } }, targets: [{ id: mini, model: openai/gpt-4o-mini }] }
---
kind: Route
metadata: { name: default }
spec: { match: { endpoints: [chat] }, chain: premium }
`);

function run(script: UpstreamScript, request: Partial<RequestFacts> = {}, facts: Partial<Facts> = {}): Simulation {
  return simulateRequest(snapshot, requestOf({ maxOutputTokens: 200, ...request }), factsOf(facts), script);
}

function told(simulation: Simulation): string {
  const { calls, status, code, fallback, isDegraded } = simulation;
  const trail = calls.map(
    ({ attempt, waitMs }) => `${attempt.target} ${attempt.outcome}${waitMs > 0 ? ` after ${waitMs}` : ''}`,
  );
  return [trail.join(', '), status, code ?? fallback ?? 'ok', ...(isDegraded ? ['degraded'] : [])].join(' | ');
}

describe('a request against scripted upstreams', () => {
  const cases: readonly (readonly [string, UpstreamScript, string])[] = [
    ['is answered by the first target', {}, 'premium/gpt ok | 200 | ok'],
    ['falls back from a wrong key', { gpt: [{ status: 401 }] }, 'premium/gpt auth, premium/claude ok | 200 | auth'],
    [
      'retries with backoff, then succeeds',
      { gpt: [{ status: 503 }, { status: 500 }, { status: 200 }] },
      'premium/gpt server-error, premium/gpt server-error after 1000, premium/gpt ok after 2000 | 200 | ok',
    ],
    [
      'repeats the last outcome',
      { gpt: [{ status: 503 }] },
      'premium/gpt server-error, premium/gpt server-error after 1000, premium/gpt server-error after 2000, premium/claude ok | 200 | server-error',
    ],
    [
      'waits as long as it is told',
      { gpt: [{ status: 429, retryAfterMs: 4000 }, {}] },
      'premium/gpt rate-limit, premium/gpt ok after 4000 | 200 | ok',
    ],
    [
      'moves on when told to wait too long',
      { gpt: [{ status: 429, retryAfterMs: 21_000 }] },
      'premium/gpt rate-limit, premium/claude ok | 200 | rate-limit',
    ],
    [
      'takes a failure without a status',
      { gpt: [{ outcome: 'malformed' }] },
      'premium/gpt malformed, premium/claude ok | 200 | malformed',
    ],
    [
      'reaches nested targets, and says that a lower tier answered',
      { gpt: [{ status: 401 }], claude: [{ outcome: 'network' }] },
      'premium/gpt auth, premium/claude network, economy/mini ok | 200 | network | degraded',
    ],
    [
      'names nested targets by their chain',
      { gpt: [{ status: 401 }], claude: [{ status: 403 }], 'economy/mini': [{ status: 529 }] },
      'premium/gpt auth, premium/claude auth, economy/mini server-error | 529 | chain_exhausted',
    ],
    [
      'stops when no attempt is left',
      { gpt: [{ status: 500 }], claude: [{ status: 500 }] },
      'premium/gpt server-error, premium/gpt server-error after 1000, premium/gpt server-error after 2000, premium/claude server-error, premium/claude server-error after 1000 | 500 | chain_exhausted',
    ],
    [
      'ends with what the provider refuses',
      { gpt: [{ status: 400 }] },
      'premium/gpt invalid-request | 400 | upstream_rejected',
    ],
    [
      'ends with a content filter',
      { gpt: [{ outcome: 'content-filter' }] },
      'premium/gpt content-filter | 400 | upstream_rejected',
    ],
    [
      'cuts what is over the first-token timeout',
      { gpt: [{ firstTokenMs: 10_001 }], claude: [{}] },
      'premium/gpt timeout, premium/gpt timeout after 1000, premium/gpt timeout after 2000, premium/claude ok | 200 | timeout',
    ],
    [
      'ends at the deadline',
      { gpt: [{ firstTokenMs: 1, latencyMs: 50_000 }], claude: [{ status: 500, latencyMs: 20_000 }] },
      'premium/gpt timeout, premium/gpt timeout after 1000 | 504 | chain_exhausted',
    ],
  ];
  for (const [what, script, expected] of cases) {
    test(what, () => assert.equal(told(run(script)), expected));
  }

  test('falls back from a skipped target with the gate as the reason', () => {
    const secretsMissing = new Set(['env:OPENAI_API_KEY']);
    assert.equal(told(run({}, {}, { secretsMissing })), 'premium/claude ok | 200 | secret-missing');
  });

  test('costs what the served model charges for the scripted tokens', () => {
    const { settlement } = run({ gpt: [{ status: 401 }], claude: [{ inputTokens: 130, outputTokens: 80 }] });
    assert.equal(settlement?.costMicroUsd, 1590);
  });

  test('is refused before any call', () => {
    const { calls, status, code, settlement } = run({}, { consumer: 'test-team', model: 'gpt-4o' });
    assert.deepEqual([calls.length, status, code, settlement], [0, 403, 'model_not_allowed', null]);
  });

  test('has no route', () => {
    const { status, code, route, message } = run({}, { endpoint: 'images', path: '/v1/images/generations' });
    assert.deepEqual([status, code, route], [404, 'no_route', null]);
    assert.equal(message, 'no route fits images at /v1/images/generations and model gpt-4o');
  });

  test('has no consumer', () => {
    assert.deepEqual([run({}, { consumer: '' }).status, run({}, { consumer: '' }).code], [401, 'invalid_api_key']);
  });

  test('takes the time of its calls and waits', () => {
    assert.equal(run({ gpt: [{ status: 500, latencyMs: 300 }, { latencyMs: 900 }] }).elapsedMs, 2200);
  });
});

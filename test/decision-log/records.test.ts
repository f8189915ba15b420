import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { type Decision, decide, type Facts, match, type RequestFacts, settle, stickyDraws } from '#decision';
import {
  buildRecord,
  createPseudonyms,
  type FinishedCall,
  factsOfRecord,
  looksPrivate,
  type TrafficRecord,
} from '#decision-log';
import { holdsPrivate } from '../../src/decision-log/holds-private.ts';
import { promptDigests } from '../../src/decision-log/prompt-digests.ts';
import { attemptOf, factsOf, requestOf } from '../decision/build.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const snapshot = compileInlineSnapshot(`
kind: Project
metadata: { name: company }
spec: { timezone: Asia/Tokyo }
---
kind: Consumer
metadata: { name: app, labels: { team: product } }
---
kind: Chain
metadata: { name: split }
spec:
  strategy: weighted
  sticky: session
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: 70 }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: 30 }
---
kind: Route
metadata: { name: eu }
spec: { match: { metadata: { region: [eu] } }, chain: split }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: split }
---
kind: Budget
metadata: { name: per-user }
spec: { scope: {}, per: [metadata.user], limit: { cost: "1 USD" }, window: { every: day }, onExhausted: deny }
`);

const writer = { gatewayVersion: '0.1.0', pseudonymise: createPseudonyms('00ff'), sampleWeight: 1, dropped: 0 };
const ajv = new Ajv2020({ strict: false, validateFormats: true });
addFormats.default(ajv);
ajv.addSchema(JSON.parse(readFileSync('schemas/defs.schema.json', 'utf8')));
const isRecord = ajv.compile(JSON.parse(readFileSync('schemas/traffic-record.schema.json', 'utf8')));

function decideOn(request: RequestFacts, facts: Facts): Decision {
  const matched = match(snapshot, request, facts.nowMs);
  assert.equal(matched.kind, 'matched');
  return matched.kind === 'matched' ? decide(snapshot, request, matched.route, facts) : assert.fail();
}

function finished(request: RequestFacts, facts: Facts, decision: Decision): FinishedCall {
  const first = decision.kind === 'allow' ? decision.plan.targets[0] : undefined;
  const attempts = first === undefined ? [] : [attemptOf(first.id, 'ok', { usage: usage(120, 30) })];
  return {
    id: request.id,
    startedMs: facts.nowMs,
    endpoint: request.endpoint,
    dialect: request.dialect,
    path: request.path,
    snapshot,
    request,
    keyId: 'k1',
    body: { messages: [{ role: 'user', content: 'what only the caller knows' }], system: 'be kind' },
    route: decision.route,
    facts,
    stickyDraws: stickyDraws(snapshot, request),
    decision,
    isInline: false,
    attempts,
    served: first === undefined ? null : { target: first, fallback: null },
    cache: null,
    settlement: decision.kind === 'allow' ? settle(snapshot, decision, attempts, facts.nowMs) : null,
    status: decision.kind === 'allow' ? 200 : decision.status,
    code: decision.kind === 'allow' ? null : decision.code,
    finish: 'stop',
    isComplete: true,
    firstByteMs: 12,
    durationMs: 340,
    alerts: [],
  };
}

function usage(input: number, output: number) {
  return { input, output, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, reasoning: 0, audioInput: 0, audioOutput: 0 };
}

function withoutPlaces(decision: Decision): unknown {
  return JSON.parse(JSON.stringify(decision));
}

describe('decision records', () => {
  const requests = fc.record({
    model: fc.constantFrom('gpt-4o', 'claude-sonnet-4-5', 'nobody-knows', 'jane.doe@example.com'),
    session: fc.option(fc.uuid()),
    metadata: fc.dictionary(
      fc.constantFrom('user', 'region', 'topic'),
      fc.constantFrom('eu', 'a@b.example', 'plain', '4111 1111 1111 1111'),
    ),
    inputTokens: fc.nat(200_000),
    maxOutputTokens: fc.option(fc.integer({ min: 1, max: 50_000 })),
    toolCount: fc.nat(2),
    stream: fc.boolean(),
  });
  const state = fc.record({
    draw: fc.double({ min: 0, max: 0.999, noNaN: true }),
    secretsMissing: fc.subarray(['env:OPENAI_API_KEY', 'env:ANTHROPIC_API_KEY']).map((ids) => new Set(ids)),
    breakers: fc.dictionary(
      fc.constantFrom('split/gpt', 'split/claude'),
      fc.constantFrom('open' as const, 'half-open' as const),
    ),
  });

  test('a record decides again as the request was decided, though it holds no session and nothing private', () => {
    fc.assert(
      fc.property(requests, state, fc.nat(1_200_000), (overrides, given, spent) => {
        const request = requestOf({ consumer: 'app', labels: { team: 'product' }, ip: null, ...overrides });
        const matched = match(snapshot, request, factsOf().nowMs);
        const counters =
          matched.kind === 'matched'
            ? Object.fromEntries(matched.needs.counters.map(({ key }) => [key, { spent, held: 0 }]))
            : {};
        const facts = factsOf({ ...given, counters });
        const decision = decideOn(request, facts);
        const record = JSON.parse(
          JSON.stringify(buildRecord(finished(request, facts, decision), writer)),
        ) as TrafficRecord;
        assert.ok(isRecord(record), JSON.stringify(isRecord.errors));

        const again = factsOfRecord(record);
        assert.deepEqual(again.missing, []);
        const redone = decideOn(again.request, again.facts);
        assert.deepEqual(summary(redone), summary(decision));
      }),
    );
  });

  test('keeps no text of the prompt, the session, or a value that looks private', () => {
    const request = requestOf({
      consumer: 'app',
      session: 'session-4711',
      metadata: { user: 'jane.doe@example.com', region: 'eu', note: 'call Jane' },
      headers: { authorization: 'Bearer abcdefghijklmnop', 'x-region': 'eu' },
      model: 'sk-proj-abcdefghijklmnopqrstuvwxyz',
    });
    const facts = factsOf();
    const text = JSON.stringify(buildRecord(finished(request, facts, decideOn(request, facts)), writer));
    assert.ok(!holdsPrivate(text));
    for (const secret of [
      'what only the caller knows',
      'be kind',
      'session-4711',
      'jane.doe',
      'example.com',
      'sk-proj',
      'Bearer',
      'call Jane',
    ]) {
      assert.ok(!text.includes(secret), secret);
    }
    const record = JSON.parse(text) as TrafficRecord;
    assert.deepEqual(record.request.headers, { 'x-region': 'eu' });
    assert.deepEqual(Object.keys(record.request.metadata ?? {}), ['user', 'region'], 'keys that policies name');
    assert.deepEqual(record.request.masked, ['model', 'metadata.user']);
    assert.match(record.request.digests?.prompt ?? '', /^[0-9a-f]{32}$/);
    assert.match(
      record.catalogDigest ?? '',
      /^[0-9a-f]{64}$/,
      'prices by which the cost was made, apart from the policies',
    );
    assert.notEqual(record.catalogDigest, record.digest);
  });

  test('tells instructions from turns in every dialect, and equal prompts by equal digests', () => {
    const turn = { role: 'user', content: 'hello' };
    const pseudonymise = createPseudonyms('00ff');
    const digests = [
      { messages: [{ role: 'system', content: 'be kind' }, turn] },
      { messages: [{ content: 'hello', role: 'user' }], system: 'be kind' },
      { messages: [turn] },
      { contents: [turn], systemInstruction: 'be kind' },
    ].map((body) => promptDigests(body, pseudonymise));
    assert.equal(new Set(digests.map(({ prompt }) => prompt)).size, 1);
    assert.deepEqual(
      digests.map(({ system }) => system !== null),
      [true, true, false, true],
    );
    assert.notEqual(
      promptDigests({ messages: [turn] }, createPseudonyms('00fe')).prompt,
      digests[0]?.prompt,
      'another key, another digest',
    );
  });

  test('a cost that nobody knows is null, never a part of it', () => {
    const request = requestOf({ consumer: 'app', model: 'gpt-4o' });
    const facts = factsOf({ draw: 0 });
    const call = finished(request, facts, decideOn(request, facts));
    const attempts = [attemptOf('split/gpt', 'ok')];
    const { settlement } = call;
    assert.ok(settlement);
    const unknown = { ...settlement, perAttempt: [{ target: 'split/gpt', costMicroUsd: null }] };
    assert.equal(buildRecord({ ...call, attempts, settlement: unknown }, writer).outcome?.costMicroUsd, null);
  });

  test('every attempt says why it was made, and waiting between two is not the gateway’s own time', () => {
    const request = requestOf({ consumer: 'app', model: 'gpt-4o' });
    const facts = factsOf({ draw: 0 });
    const call = finished(request, facts, decideOn(request, facts));
    const attempts = [
      attemptOf('split/gpt', 'rate-limit', { status: 429, startedMs: 3, endedMs: 50, retryAfterMs: 200 }),
      attemptOf('split/claude', 'ok', { status: 200, startedMs: 250, endedMs: 338 }),
    ];
    const record = buildRecord({ ...call, attempts }, writer);
    assert.ok(isRecord(record), JSON.stringify(isRecord.errors));
    assert.deepEqual(
      record.attempts?.map(({ reason, waitMs, retryAfterMs }) => [reason, waitMs, retryAfterMs]),
      [
        [null, 0, 200],
        ['rate-limit', 200, undefined],
      ],
    );
    assert.equal(record.outcome?.overheadMs, 5);
  });

  test('what an imported record never knew is named, not taken for zero', () => {
    const { missing } = factsOfRecord({ v: 1, id: 'x', at: '2026-11-23T12:00:00Z', request: { endpoint: 'chat' } });
    assert.deepEqual(missing, [
      ...['request.model', 'request.consumer', 'request.inputTokens', 'facts.draw', 'facts.secretsMissing'],
      ...['facts.breakers', 'facts.counters', 'facts.latencies', 'facts.inFlight'],
    ]);
  });

  test('costs what the settlement says, in integer micro-USD, by the price of the day', () => {
    const request = requestOf({ consumer: 'app', session: null, model: 'gpt-4o' });
    const facts = factsOf({ draw: 0 });
    const record = buildRecord(finished(request, facts, decideOn(request, facts)), writer);
    // 120 × 2.50 + 30 × 10.00 USD per million tokens.
    assert.equal(record.outcome?.costMicroUsd, 600);
    assert.equal(record.attempts?.[0]?.costMicroUsd, 600);
    assert.equal(record.outcome?.target, 'split/gpt');
  });

  const looks: readonly [string, boolean][] = [
    ['support', false],
    ['skincare-consultations', false],
    ['/v1/skeleton-of-an-answer', false],
    ['claude-sonnet-4@20250514', false],
    ['1795597200000', true],
    ['budget:per-user:jane%40example.com:rolling', true],
    ['gpt-4o-2024-11-20', false],
    ['3f2b8c1e-returns', false],
    ['jane.doe@example.com', true],
    ['sbx_0123456789abcdefghijklmnopqrstuv', true],
    ['AKIAIOSFODNN7EXAMPLE', true],
    ['4111 1111 1111 1111', true],
    ['+81 90-1234-5678', true],
    ['090-1234-5678', true],
    ['03-1234-5678', true],
    ['09012345678', true],
    ['078-05-1120', true],
    ['1234-5678-9018', true],
    ['123456789018', true],
    ['123456789019', false],
    ['arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.claude', false],
    ['2024-05-06', false],
    ['/v1beta/models/%2B81%2090-1234-5678:generateContent', true],
    ['/v1beta/models/jane.doe%40example.com:generateContent', true],
    ['/v1beta/models/up%2Fmodel:generateContent', false],
    ['100%', false],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', true],
  ];
  for (const [text, expected] of looks) {
    test(`${text} ${expected ? 'looks private' : 'is plain'}`, () => assert.equal(looksPrivate(text), expected));
  }
});

/** What a decision amounts to; texts and counter keys name values that a record replaces. */
function summary(decision: Decision): unknown {
  if (decision.kind === 'deny') {
    const { route, code, status, skipped } = decision;
    return withoutPlaces({
      kind: 'deny',
      route,
      code,
      status,
      skipped,
      message: '',
      retryAfterMs: 0,
      at: null,
    } as Decision);
  }
  const { route, plan, reservations } = decision;
  return {
    route,
    targets: plan.targets.map(({ id, maxOutputTokens }) => [id, maxOutputTokens]),
    skipped: plan.skipped.map(({ id, reason, detail }) => [id, reason, detail]),
    amounts: reservations.map(({ counter, amount }) => [counter.budget, amount]),
  };
}

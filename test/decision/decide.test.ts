import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Decision, decide, type Facts, match, type RequestFacts } from '#decision';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { factsOf, requestOf } from './build.ts';

const snapshot = compileInlineSnapshot(`
kind: Project
metadata: { name: company }
spec: { defaults: { timeouts: { total: 60s }, retry: { max: 2 }, breaker: { failures: 5, within: 30s, openFor: 15s } } }
---
kind: Consumer
metadata: { name: app }
---
kind: Consumer
metadata: { name: narrow }
spec:
  allow: { models: ["openai/gpt-4o*", "anthropic/*", "route/*"], endpoints: [chat], routes: ["s*", open] }
  deny: { models: [gpt-4o-mini] }
  ipAllow: [10.0.0.0/8, "2001:db8::/32"]
---
kind: Consumer
metadata: { name: banned }
spec: { deny: { models: [hidden-name] } }
---
kind: Model
metadata: { name: keeper/renamed }
spec: { provider: keeper, upstreamName: hidden-name }
---
kind: Consumer
metadata: { name: some }
spec: { allow: { models: [any, "eu-cloud/*"] } }
---
kind: Provider
metadata: { name: eu-cloud }
spec:
  dialect: openai-chat
  baseUrl: https://eu.example.com/v1
  auth: { kind: bearer, secrets: [{ env: EU_ONE }, { env: EU_TWO }] }
  headers: { x-tenant: { env: EU_TENANT } }
  region: eu
  dataPolicy: { trainsOnData: false, retention: 0s }
---
kind: Provider
metadata: { name: keeper }
spec: { dialect: openai-chat, baseUrl: https://keeper.example.com/v1, auth: { kind: none }, region: eu, dataPolicy: { trainsOnData: true, retention: 90d } }
---
kind: Provider
metadata: { name: silent }
spec: { dialect: openai-chat, baseUrl: https://silent.example.com/v1, auth: { kind: none } }
---
kind: Model
metadata: { name: eu-cloud/large }
spec:
  provider: eu-cloud
  tier: frontier
  contextWindow: 1000
  maxOutput: 400
  capabilities: [streaming, json-schema]
  prices: [{ from: 2020-01-01, input: "2.00", output: "8.00", source: test }]
---
kind: Model
metadata: { name: keeper/all }
spec:
  provider: keeper
  tier: small
  contextWindow: 100000
  maxOutput: 5000
  capabilities: [tools, vision, audio-input, documents, json-mode, json-schema, reasoning, streaming, embeddings, images, moderation, rerank]
  prices: [{ from: 2020-01-01, input: "1.00", output: "1.00", source: test }]
---
kind: Model
metadata: { name: silent/free }
spec: { provider: silent }
---
kind: Chain
metadata: { name: three }
spec:
  deadline: 100s
  maxAttempts: 6
  targets: [{ id: eu, model: eu-cloud/large }, { id: keep, model: keeper/all }, { id: free, model: silent/free }]
---
kind: Chain
metadata: { name: only-eu }
spec: { targets: [{ id: eu, model: eu-cloud/large }] }
---
kind: Chain
metadata: { name: guarded }
spec: { maxPrice: "5 USD", targets: [{ id: eu, model: eu-cloud/large }, { id: keep, model: keeper/all }, { id: free, model: silent/free }] }
---
kind: Chain
metadata: { name: nested }
spec:
  fallbackOn: [timeout, auth]
  targets: [{ id: in, chain: only-eu }, { id: keep, model: keeper/all }, { id: again, chain: only-eu }]
---
kind: Chain
metadata: { name: azure }
spec: { targets: [{ id: there, provider: azure-openai }, { id: unknown, provider: silent }] }
---
kind: Route
metadata: { name: s-main }
spec: { match: {}, chain: three }
---
kind: Route
metadata: { name: refuse }
spec: { match: { models: [route/refuse] }, deny: { status: 451, message: Not here. } }
---
kind: Route
metadata: { name: limited }
spec: { match: { models: [route/limited] }, chain: three, limits: { maxInputTokens: 500, maxOutputTokens: 50, bodySize: 1KiB } }
---
kind: Route
metadata: { name: cheap-only }
spec: { match: { models: [route/cheap] }, chain: three, limits: { maxRequestCost: "0.003 USD" } }
---
kind: Route
metadata: { name: resident }
spec: { match: { models: [route/eu] }, chain: three, residency: [eu] }
---
kind: Route
metadata: { name: private }
spec: { match: { models: [route/private] }, chain: three, dataPolicy: { trainsOnData: false, maxRetention: 30d } }
---
kind: Route
metadata: { name: forgetful }
spec: { match: { models: [route/forgetful] }, chain: three, dataPolicy: { maxRetention: 30d } }
---
kind: Route
metadata: { name: dropping }
spec: { match: { models: [route/drop] }, chain: three, unsupportedParams: drop }
---
kind: Route
metadata: { name: guarded }
spec: { match: { models: [route/guarded] }, chain: guarded }
---
kind: Route
metadata: { name: nested }
spec: { match: { models: [route/nested] }, chain: nested }
---
kind: Route
metadata: { name: s-eu }
spec: { match: { models: [route/only-eu] }, chain: only-eu }
---
kind: Route
metadata: { name: open }
spec: { match: { models: ["direct/*", "vllm/*", "openai/*", gpt-4.1] } }
---
kind: Route
metadata: { name: azure }
spec: { match: { models: [gpt-4o, openai/gpt-4o, new-model] }, chain: azure }
`);

function decideOn(request: Partial<RequestFacts>, facts: Partial<Facts> = {}): Decision {
  const full = requestOf({ model: 'any', ...request });
  const found = match(snapshot, full, factsOf(facts).nowMs);
  assert.equal(found.kind, 'matched');
  return found.kind === 'matched' ? decide(snapshot, full, found.route, factsOf(facts)) : assert.fail();
}

function refusal(decision: Decision): string {
  return decision.kind === 'deny' ? `${decision.status} ${decision.code}: ${decision.message}` : 'allowed';
}

describe('a request is refused', () => {
  const cases: readonly (readonly [string, Partial<RequestFacts>, Partial<Facts>, RegExp])[] = [
    ['by its route', { model: 'route/refuse' }, {}, /^451 route_denied: Not here\.$/],
    ['without a consumer', { consumer: '' }, {}, /^401 invalid_api_key: no consumer key was sent/],
    [
      'for a consumer nobody declared',
      { consumer: 'ghost' },
      {},
      /^401 invalid_api_key: no consumer ghost is declared$/,
    ],
    [
      'from another address',
      { consumer: 'narrow', model: 'openai/gpt-4o', ip: '192.168.0.1' },
      {},
      /^403 ip_not_allowed: .*192\.168\.0\.1$/,
    ],
    [
      'at an endpoint outside the list',
      { consumer: 'narrow', endpoint: 'embeddings' },
      {},
      /^403 endpoint_not_allowed: consumer narrow may not use endpoint embeddings, only chat$/,
    ],
    [
      'on a route outside the list',
      { consumer: 'narrow', model: 'route/eu' },
      {},
      /^403 route_not_allowed: consumer narrow may not use route resident$/,
    ],
    [
      'for a model outside the list',
      { consumer: 'narrow', model: 'openai/gpt-4.1' },
      {},
      /^403 model_not_allowed: consumer narrow may not use model openai\/gpt-4\.1$/,
    ],
    [
      'for a denied model, however it is spelt',
      { consumer: 'narrow', model: 'openai/gpt-4o-mini' },
      {},
      /^403 model_not_allowed/,
    ],
    [
      'for a denied model by the name its provider uses',
      { consumer: 'banned', model: 'keeper/renamed' },
      {},
      /^403 model_not_allowed/,
    ],
    [
      'when the consumer may use no target',
      { consumer: 'narrow', model: 'route/only-eu' },
      {},
      /^403 model_not_allowed: the consumer may use no model of chain only-eu: eu-cloud\/large$/,
    ],
    [
      'with too much input',
      { model: 'route/limited', inputTokens: 501 },
      {},
      /^400 limit_exceeded: .*501 tokens; limits\.maxInputTokens of route limited is 500$/,
    ],
    [
      'with too large a body',
      { model: 'route/limited', bodyBytes: 1025 },
      {},
      /^413 request_too_large: .*1025 bytes.*1024$/,
    ],
    [
      'when it can cost too much',
      { model: 'route/cheap' },
      {},
      /^400 limit_exceeded: the request can cost 0\.0034 USD at three\/eu \(100 tokens in, up to 400 out\); limits\.maxRequestCost of route cheap-only is 0\.003 USD$/,
    ],
    [
      'for an unknown model without a chain',
      { model: 'direct/unknown' },
      {},
      /^404 no_route: model direct\/unknown is not in the catalogue, and route open names no chain$/,
    ],
    [
      'when nothing is left',
      { model: 'route/only-eu' },
      { secretsMissing: new Set(['env:EU_ONE', 'env:EU_TWO']) },
      /^502 chain_exhausted: every target was skipped: only-eu\/eu secret env:EU_ONE, env:EU_TWO is missing$/,
    ],
  ];
  for (const [what, request, facts, expected] of cases) {
    test(what, () => assert.match(refusal(decideOn(request, facts)), expected));
  }
  test('with the line of policy that says so', () => {
    const decision = decideOn({ model: 'route/limited', inputTokens: 501 });
    assert.equal(decision.kind === 'deny' && decision.at?.file, 'inline.yaml');
  });
  test('with the time after which a breaker lets a call through', () => {
    const decision = decideOn({ model: 'route/only-eu' }, { breakers: { 'only-eu/eu': 'open' } });
    assert.equal(decision.kind === 'deny' && decision.retryAfterMs, 15_000);
  });
});

describe('an address is allowed', () => {
  for (const ip of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8:1::5', null]) {
    test(`${ip}`, () =>
      assert.equal(refusal(decideOn({ consumer: 'narrow', model: 'openai/gpt-4o-next', ip })).slice(0, 7), 'allowed'));
  }
  for (const ip of ['11.0.0.1', '2001:db9::1', '', 'localhost', '10.1.2.3.4']) {
    test(`not ${JSON.stringify(ip)}`, () => assert.match(refusal(decideOn({ consumer: 'narrow', ip })), /^403 ip_not/));
  }
});

/** Targets in order, skipped ones after a bar with reason and detail. */
function laidOut(decision: Decision): string {
  if (decision.kind === 'deny') return refusal(decision);
  const { targets, skipped } = decision.plan;
  const left = targets.map(({ id }) => id).join(' ');
  return [
    left,
    ...skipped.map(({ id, reason, detail }) => `${id} ${reason}${detail === null ? '' : ` (${detail})`}`),
  ].join(' | ');
}

describe('a target is skipped', () => {
  const all = 'three/eu three/keep three/free';
  const cases: readonly (readonly [string, Partial<RequestFacts>, Partial<Facts>, string])[] = [
    ['none without a reason', {}, {}, all],
    [
      'secret-missing, when the whole pool is',
      {},
      { secretsMissing: new Set(['env:EU_ONE', 'env:EU_TWO']) },
      'three/keep three/free | three/eu secret-missing (env:EU_ONE, env:EU_TWO)',
    ],
    ['not when one of the pool is there', {}, { secretsMissing: new Set(['env:EU_ONE']) }, all],
    [
      'secret-missing, when a header’s is',
      {},
      { secretsMissing: new Set(['env:EU_TENANT']) },
      'three/keep three/free | three/eu secret-missing (env:EU_TENANT)',
    ],
    ['capability-missing: tools', { toolCount: 1 }, {}, 'three/keep three/free | three/eu capability-missing (tools)'],
    ['capability-missing: vision', { images: 1 }, {}, 'three/keep three/free | three/eu capability-missing (vision)'],
    [
      'capability-missing: audio',
      { audio: 1 },
      {},
      'three/keep three/free | three/eu capability-missing (audio-input)',
    ],
    [
      'capability-missing: documents',
      { documents: 1 },
      {},
      'three/keep three/free | three/eu capability-missing (documents)',
    ],
    [
      'capability-missing: reasoning',
      { hasReasoning: true },
      {},
      'three/keep three/free | three/eu capability-missing (reasoning)',
    ],
    ['not for reasoning where the route drops parameters', { model: 'route/drop', hasReasoning: true }, {}, all],
    [
      'capability-missing: embeddings',
      { endpoint: 'embeddings' },
      {},
      'three/keep three/free | three/eu capability-missing (embeddings)',
    ],
    [
      'capability-missing: images',
      { endpoint: 'images' },
      {},
      'three/keep three/free | three/eu capability-missing (images)',
    ],
    [
      'capability-missing: moderation',
      { endpoint: 'moderations' },
      {},
      'three/keep three/free | three/eu capability-missing (moderation)',
    ],
    [
      'capability-missing: rerank',
      { endpoint: 'rerank' },
      {},
      'three/keep three/free | three/eu capability-missing (rerank)',
    ],
    ['not for plain JSON where a schema can be followed', { responseFormat: 'json-object', stream: true }, {}, all],
    ['not for a schema that can be followed', { responseFormat: 'json-schema' }, {}, all],
    [
      'context-too-small, input and asked output together',
      { inputTokens: 901, maxOutputTokens: 100 },
      {},
      'three/keep three/free | three/eu context-too-small (901 + 100 tokens over 1000)',
    ],
    ['not when they just fit', { inputTokens: 900, maxOutputTokens: 100 }, {}, all],
    ['not for a model’s own maximum', { inputTokens: 1000 }, {}, all],
    ['residency', { model: 'route/eu' }, {}, 'three/eu three/keep | three/free residency (region undeclared, not eu)'],
    [
      'data-policy, and undeclared counts as the worst',
      { model: 'route/private' },
      {},
      'three/eu | three/keep data-policy (trains on data) | three/free data-policy (training on data undeclared)',
    ],
    [
      'data-policy: retention',
      { model: 'route/forgetful' },
      {},
      'three/eu | three/keep data-policy (keeps data 90d, at most 30d allowed) | three/free data-policy (retention undeclared)',
    ],
    [
      'max-price, and no price counts as too dear',
      { model: 'route/guarded' },
      {},
      'guarded/keep | guarded/eu max-price (10.00 USD per million in and out over 5.00 USD) | guarded/free max-price (no price known)',
    ],
    ['breaker-open', {}, { breakers: { 'three/eu': 'open' } }, 'three/keep three/free | three/eu breaker-open'],
    ['not when the breaker is half open', {}, { breakers: { 'three/eu': 'half-open' } }, all],
    [
      'unsupported-dialect',
      {},
      { unsupportedProviders: new Set(['keeper']) },
      'three/eu three/free | three/keep unsupported-dialect (openai-chat with none authentication)',
    ],
    [
      'model-not-allowed',
      { consumer: 'some' },
      {},
      'three/eu | three/keep model-not-allowed (keeper/all) | three/free model-not-allowed (silent/free)',
    ],
  ];
  for (const [what, request, facts, expected] of cases) {
    test(what, () => assert.equal(laidOut(decideOn(request, facts)), expected));
  }
});

describe('a plan', () => {
  const planOn = (request: Partial<RequestFacts>, facts: Partial<Facts> = {}) => {
    const decision = decideOn(request, facts);
    return decision.kind === 'allow' ? decision.plan : assert.fail(refusal(decision));
  };

  test('has the chain’s deadline and attempts', () => {
    const { chain, deadlineMs, maxAttempts } = planOn({});
    assert.deepEqual({ chain, deadlineMs, maxAttempts }, { chain: 'three', deadlineMs: 100_000, maxAttempts: 6 });
  });

  test('names the gate that skipped the configured target, on every target after it', () => {
    const { targets } = planOn({ toolCount: 1 });
    assert.deepEqual(
      targets.map(({ skippedBefore }) => skippedBefore),
      ['capability-missing', 'capability-missing'],
    );
    assert.deepEqual(
      planOn({}).targets.map(({ skippedBefore }) => skippedBefore),
      [null, null, null],
    );
  });

  test('holds each nested target once, with the chain around it for whatever its own leaves out', () => {
    const { targets } = planOn({ model: 'route/nested' });
    assert.deepEqual(
      targets.map(({ id }) => id),
      ['only-eu/eu', 'nested/keep'],
    );
    assert.deepEqual(targets[0]?.outer, [{ name: 'nested', fallbackOn: ['timeout', 'auth'] }]);
    assert.deepEqual(targets[1]?.outer, []);
  });

  test('sends the requested model to a target’s provider: as that provider offers it, else under its bare name', () => {
    const found = (model: string) => planOn({ model }).targets.map((target) => [target.model, target.upstreamModel]);
    const [atAzure, elsewhere] = found('gpt-4o');
    assert.equal(atAzure?.[0], 'azure-openai/gpt-4o');
    assert.deepEqual(elsewhere, [null, 'gpt-4o']);
    assert.deepEqual(
      found('new-model').map(([name]) => name),
      [null, null],
    );
  });

  test('without a chain is the model’s own provider under the project’s defaults', () => {
    const { chain, maxAttempts, targets } = planOn({ model: 'gpt-4.1' });
    assert.deepEqual([chain, maxAttempts], [null, 3]);
    assert.deepEqual(
      targets.map(({ id, model }) => [id, model]),
      [['direct/openai', 'openai/gpt-4.1']],
    );
    assert.equal(targets[0]?.timeouts.totalMs, 60_000);
  });

  test('without a chain also takes an unknown model of a provider it names', () => {
    const [target] = planOn({ model: 'vllm/my/model' }).targets;
    assert.deepEqual([target?.id, target?.model, target?.upstreamModel], ['direct/vllm', null, 'my/model']);
  });

  const caps: readonly (readonly [string, Partial<RequestFacts>, readonly (number | null)[], boolean])[] = [
    ['leaves a request alone that asks for less', { maxOutputTokens: 10 }, [null, null, null], false],
    ['leaves the model’s own limit unsaid', {}, [null, null, null], false],
    ['clamps to each model’s limit', { maxOutputTokens: 450 }, [400, null, null], true],
    ['sets the route’s limit where the request has none', { model: 'route/limited' }, [50, 50, 50], false],
    ['clamps to the route’s limit', { model: 'route/limited', maxOutputTokens: 60 }, [50, 50, 50], true],
  ];
  for (const [what, request, expected, isClamped] of caps) {
    test(what, () => {
      const decision = decideOn(request);
      if (decision.kind === 'deny') assert.fail(refusal(decision));
      assert.deepEqual(
        decision.plan.targets.map(({ maxOutputTokens }) => maxOutputTokens),
        expected,
      );
      assert.equal(
        decision.notes.some(({ kind }) => kind === 'output-clamped'),
        isClamped,
      );
    });
  }

  test('knows what each target can cost at most', () => {
    // 100 in at 2 and 400 out at 8 USD per million; 100 in and 5000 out at 1; no price.
    assert.deepEqual(
      planOn({}).targets.map(({ worstCaseMicroUsd }) => worstCaseMicroUsd),
      [3400, 5100, null],
    );
    assert.deepEqual(
      planOn({ maxOutputTokens: 10, choices: 3 }).targets.map((t) => t.worstCaseMicroUsd),
      [440, 130, null],
    );
  });
});

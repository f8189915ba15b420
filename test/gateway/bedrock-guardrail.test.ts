import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Answer, chatAnswer, chatFrames, startScriptedUpstream } from '../support/scripted-upstream.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { carriedSignature, expectedSignature } from '../upstream/cloud-harness.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';

const GUARDRAIL = 'arn:aws:bedrock:eu-west-1:123456789012:guardrail/gr1';
const KEYS = { GUARD_KEY_ID: 'AKIAGUARD', GUARD_KEY: 'guard-secret-access-key' };

/** Bedrock's address for guardrails, which refuses calls whose signature is wrong. */
async function startBedrock(t: Cleanup) {
  const server = await startScriptedUpstream();
  t.after(() => server.close());
  const verdicts: Answer[] = [];
  server.otherwise(async (seen) => {
    if (carriedSignature(seen) !== expectedSignature(seen, KEYS.GUARD_KEY)) {
      return { status: 403, body: { message: 'The request signature we calculated does not match' } };
    }
    const verdict = verdicts.shift() ?? { body: { action: 'NONE', outputs: [], assessments: [{}] } };
    return typeof verdict === 'function' ? verdict(seen) : verdict;
  });
  return { server, verdicts };
}

interface Around {
  readonly env?: Readonly<Record<string, string>>;
  readonly stage?: readonly string[];
  /** Further checks of the same guardrail. */
  readonly more?: readonly object[];
  readonly auth?: object;
}

const AUTH = {
  ...{ kind: 'aws', region: 'eu-west-1' },
  ...{ accessKeyId: { env: 'GUARD_KEY_ID' }, secret: { env: 'GUARD_KEY' } },
};

async function guarded(
  t: Cleanup,
  options: object,
  { env = KEYS, stage = ['input', 'output'], more = [], auth = AUTH }: Around = {},
) {
  const [bedrock, providers] = await Promise.all([startBedrock(t), startProviders(t)]);
  const check = { id: 'aws', check: 'bedrock-guardrail', guardrailId: GUARDRAIL, provider: 'guard', timeout: '3s' };
  const files = policyFiles(providers, {
    'guard.yaml': `apiVersion: signalbox/v1
kind: Provider
metadata: { name: guard }
spec: { dialect: bedrock-converse, baseUrl: "${bedrock.server.url}", auth: ${JSON.stringify(auth)} }
---
apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec: ${JSON.stringify({ stage, checks: [{ action: 'block', ...check, ...options }, ...more] })}
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [safe] }
`,
  });
  const gateway = await startTestGateway(t, files, { env: { ...SECRETS, ...env } });
  providers.openai.otherwise(({ json }) =>
    json.stream === true ? { chunks: chatFrames('Bad', ' words') } : chatAnswer('Hi there'),
  );
  const send = (fields: object = {}) => post(gateway, '/v1/chat/completions', ask('guarded', fields));
  return { ...bedrock, gateway, openai: providers.openai, send };
}

const found = (assessment: object): Answer => ({
  body: { action: 'GUARDRAIL_INTERVENED', outputs: [{ text: 'Sorry.' }], assessments: [assessment] },
});

describe('a guardrail of Bedrock', () => {
  it('is asked about what goes in and what comes out, signed, and obeyed', async (t) => {
    const { server, verdicts, openai, send } = await guarded(t, { guardrailVersion: '3' });
    const messages = [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Hello' },
    ];
    assert.equal((await send({ messages })).status, 200);
    const [asked, answered] = server.requests;
    assert.equal(asked?.path, `/guardrail/${encodeURIComponent(GUARDRAIL)}/version/3/apply`);
    assert.match(String(asked.headers.authorization), /Credential=AKIAGUARD\/\d{8}\/eu-west-1\/bedrock\/aws4_request/);
    assert.deepEqual(asked.json, {
      source: 'INPUT',
      content: [{ text: { text: 'Be kind.' } }, { text: { text: 'Hello' } }],
    });
    assert.deepEqual(answered?.json, { source: 'OUTPUT', content: [{ text: { text: 'Hi there' } }] });
    verdicts.push(found({ topicPolicy: { topics: [{ name: 'Finance', type: 'DENY', action: 'BLOCKED' }] } }));
    const refused = await send({ messages });
    assert.equal(refused.status, 400);
    assert.match(refused.json.error.message, /guardrail safe, check aws/);
    assert.equal(openai.requests.length, 1, 'nothing was sent to the provider');
  });

  it('holds a streamed answer until it has judged all of it', async (t) => {
    const { verdicts, send } = await guarded(t, {}, { stage: ['output'] });
    verdicts.push(found({ contentPolicy: { filters: [{ type: 'INSULTS', confidence: 'HIGH', action: 'BLOCKED' }] } }));
    const refused = await send({ stream: true });
    assert.equal(refused.status, 400);
    assert.doesNotMatch(refused.text, /Bad|words/);
    const answer = await send({ stream: true });
    assert.equal(answer.status, 200);
    assert.match(answer.text, /\[DONE\]/);
  });

  it('may act on some categories only; what it merely detected is no finding', async (t) => {
    const { verdicts, send } = await guarded(t, { categories: ['EMAIL', 'CUSTOM_WORD'] }, { stage: ['input'] });
    const pii = (type: string, action: string) => ({ sensitiveInformationPolicy: { piiEntities: [{ type, action }] } });
    const cases: readonly (readonly [object, number])[] = [
      [pii('EMAIL', 'ANONYMIZED'), 400],
      [pii('EMAIL', 'NONE'), 200],
      [pii('PHONE', 'BLOCKED'), 200],
      [{ wordPolicy: { customWords: [{ match: 'Aurora', action: 'BLOCKED' }] } }, 400],
    ];
    for (const [assessment, status] of cases) {
      verdicts.push(found(assessment));
      assert.equal((await send()).status, status, JSON.stringify(assessment));
    }
  });

  const silences: readonly (readonly [string, Answer])[] = [
    ['a throttled call', { status: 429, body: { message: 'Too many requests' } }],
    ['a guardrail that is not there', { status: 404, body: { message: 'no such guardrail' } }],
    ['another word', { body: { action: 'PERHAPS' } }],
    ['no JSON', { body: 'NONE' }],
    ['a reset', { before: 'reset' }],
    ['no answer in time', { before: 'hang' }],
  ];
  for (const onError of ['block', 'flag', 'pass'] as const) {
    it(`without a verdict does what \`onError: ${onError}\` says, and is never a pass`, async (t) => {
      const { gateway, verdicts, send } = await guarded(t, { onError, timeout: '300ms' }, { stage: ['input'] });
      for (const [what, answer] of silences) {
        verdicts.push(answer);
        assert.equal((await send()).status, onError === 'block' ? 400 : 200, what);
      }
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      const counted = [...metrics.matchAll(/^signalbox_guardrail_verdicts_total\{(.*)\} (\d+)/gm)].map(
        ([, labels, count]) => `${/signalbox_verdict="(\w+)"/.exec(labels ?? '')?.[1]} ${count}`,
      );
      assert.deepEqual(counted, [`${onError === 'flag' ? 'flag' : 'not_evaluated'} ${silences.length}`]);
    });
  }

  it('without credentials, or with wrong ones, gives no verdict, and the log says why without them', async (t) => {
    const wrong = await guarded(t, {}, { env: { ...KEYS, GUARD_KEY: 'another-secret' }, stage: ['input'] });
    assert.equal((await wrong.send()).status, 400);
    const none = await guarded(t, {}, { env: { ...KEYS, GUARD_KEY: '' }, stage: ['input'] });
    assert.equal((await none.send()).status, 400);
    assert.equal(none.server.requests.length, 0);
    const told = [...wrong.gateway.logged, ...none.gateway.logged].filter(({ text }) => /remote check/.test(text));
    assert.deepEqual(
      told.map(({ fields }) => fields.problem),
      ['the service answered 403', 'the environment variable GUARD_KEY is not set'],
    );
    assert.doesNotMatch(JSON.stringify(told), /another-secret|does not match/);
  });

  it('is asked at the same time as other services, each within its own time', async (t) => {
    const other = await startScriptedUpstream();
    t.after(() => other.close());
    other.otherwise({ before: 'hang' });
    const slow = { onError: 'pass', timeout: '1500ms' };
    const common = { ...slow, action: 'block', url: other.url };
    const more = [
      { ...common, id: 'hook', check: 'webhook' },
      { ...common, id: 'azure', check: 'azure-content-safety' },
    ];
    const { gateway, verdicts, send } = await guarded(t, slow, { stage: ['input'], more });
    verdicts.push({ before: 'hang' });
    const begun = performance.now();
    assert.equal((await send()).status, 200);
    const tookMs = performance.now() - begun;
    assert.ok(tookMs >= 1490 && tookMs < 2990, `${tookMs} ms for three that say nothing in 1500 ms each`);
    assert.equal(other.requests.length, 2);
    assert.equal(gateway.logged.filter(({ text }) => /no verdict/.test(text)).length, 3);
  });

  it('has no longer than its time for credentials that do not come', async (t) => {
    const entra = await startScriptedUpstream();
    t.after(() => entra.close());
    entra.otherwise({ before: 'hang' });
    const auth = {
      ...{ kind: 'entra', tenant: 't', clientId: 'c', authority: entra.url },
      secret: { env: 'GUARD_KEY' },
    };
    const { server, send } = await guarded(t, { timeout: '300ms' }, { stage: ['input'], auth });
    const begun = performance.now();
    assert.equal((await send()).status, 400);
    assert.ok(performance.now() - begun < 5000);
    assert.equal(server.requests.length, 0);
  });
});

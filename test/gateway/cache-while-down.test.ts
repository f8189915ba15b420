import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { cacheFiles } from './cache-policies.ts';
import { ask, KEYS, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANTHROPIC, OPENAI } from './provider-answers.ts';

const BRITTLE = `apiVersion: signalbox/v1
kind: Chain
metadata: { name: brittle }
spec:
  defaults: { breaker: { failures: 1, within: 1h, openFor: 1h } }
  fallbackOn: [server-error]
  targets: [{ id: openai, model: up-openai/model }, { id: anthropic, model: up-anthropic/model }]
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: brittle }
spec: { match: { models: ["faq*"] }, priority: 10, chain: brittle, cache: kept }
`;

async function start(t: TestContext, spec: string) {
  const providers = await startProviders(t);
  const files = cacheFiles(providers, spec, { 'brittle.yaml': BRITTLE });
  const gateway = await startTestGateway(t, files, { env: SECRETS });
  const chat = (number: number, fields: object = {}, headers = {}) =>
    post(
      gateway,
      '/v1/chat/completions',
      { ...ask('faq', { messages: [{ role: 'user', content: `Question ${number}` }] }), ...fields },
      headers,
    );
  return { providers, gateway, chat };
}
const says = ({ headers }: { readonly headers: Headers }) => headers.get('x-signalbox-cache');

/** Every target fails once, which opens its breaker; from then on nobody is called. */
async function breakAll({ providers, chat }: Awaited<ReturnType<typeof start>>): Promise<void> {
  for (const provider of [providers.openai, providers.anthropic]) provider.otherwise({ status: 503, body: '{}' });
  assert.equal((await chat(99)).status, 503);
  const denied = await chat(98);
  assert.equal(denied.json.error.code, 'chain_exhausted');
  assert.match(denied.json.error.message, /every target was skipped: .*breaker/);
}

describe('while the breakers of every target are open', () => {
  it('an old answer stands in, marked in the answer, the record, the ledger and the metrics; nobody is called', async (t) => {
    const started = await start(t, 'mode: exact, ttl: 1ms, staleIfError: 1h');
    const { providers, gateway, chat } = started;
    providers.openai.otherwise(OPENAI.whole);
    const first = await chat(1);
    assert.equal(says(first), 'miss');
    await breakAll(started);
    const calls = providers.openai.requests.length + providers.anthropic.requests.length;
    const old = await chat(1);
    assert.deepEqual([old.status, says(old), old.headers.get('x-signalbox-cost-usd')], [200, 'stale', null]);
    assert.match(old.headers.get('age') ?? '', /^\d+$/);
    assert.deepEqual(old.json, first.json);
    const streamed = await chat(1, { stream: true });
    assert.deepEqual([streamed.status, says(streamed)], [200, 'stale']);
    assert.match(streamed.text, /there[\s\S]*\[DONE\]/);
    assert.equal(providers.openai.requests.length + providers.anthropic.requests.length, calls);
    const id = old.headers.get('x-signalbox-request-id');
    // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
    const record: any = await (await fetch(`${gateway.url}/admin/records/${id}`)).json();
    assert.equal(record.facts.cache.result, 'stale');
    assert.deepEqual([record.outcome.status, record.outcome.cache], [200, 'stale']);
    assert.equal(record.outcome.savedMicroUsd, Math.round(Number(first.headers.get('x-signalbox-cost-usd')) * 1e6));
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.match(metrics, /signalbox_cache_requests_total\{[^}]*signalbox_cache="stale"[^}]*\} 2/);
  });

  it('an old answer stands in where the only target that can take the parameters is down', async (t) => {
    const started = await start(t, 'mode: exact, ttl: 1ms, staleIfError: 1h');
    const { providers, chat } = started;
    providers.openai.otherwise(OPENAI.whole);
    providers.anthropic.otherwise(ANTHROPIC.whole);
    // Claude knows no such parameter.
    const biased = { logit_bias: { 50256: -100 } };
    assert.equal(says(await chat(1, biased)), 'miss');
    providers.openai.otherwise({ status: 503, body: '{}' });
    const during = await chat(1, biased);
    assert.deepEqual([during.status, says(during)], [200, 'stale']);
    assert.equal((await chat(2)).headers.get('x-signalbox-target'), 'brittle/anthropic');
    const old = await chat(1, biased);
    assert.deepEqual([old.status, says(old)], [200, 'stale'], 'the breaker of the able target is open');
    const refused = await chat(3, biased);
    assert.deepEqual([refused.status, refused.json.error.code], [502, 'chain_exhausted']);
    assert.match(refused.json.error.message, /skipped: brittle\/openai breaker-open, brittle\/anthropic/);
  });

  it('a fresh one is a hit, one of somebody else is not given, and without staleIfError there is none', async (t) => {
    const fresh = await start(t, 'mode: exact, ttl: 1h, staleIfError: 1h');
    fresh.providers.openai.otherwise(OPENAI.whole);
    await fresh.chat(1);
    await breakAll(fresh);
    assert.equal(says(await fresh.chat(1)), 'hit');
    const other = await fresh.chat(1, {}, { authorization: `Bearer ${KEYS.team}` });
    assert.deepEqual([other.status, other.json.error.code], [502, 'chain_exhausted']);
    const bypass = await fresh.chat(1, {}, { 'x-signalbox-cache': 'bypass' });
    assert.equal(bypass.status, 502);
    const none = await start(t, 'mode: exact, ttl: 1ms');
    none.providers.openai.otherwise(OPENAI.whole);
    await none.chat(1);
    await breakAll(none);
    assert.equal((await none.chat(1)).status, 502);
  });
});

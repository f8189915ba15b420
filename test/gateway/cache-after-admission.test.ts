import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { cacheFiles } from './cache-policies.ts';
import { ask, KEYS, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const budget = (limit: string) => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: few }
spec: { limit: { ${limit} }, window: { every: quarter, timezone: UTC }, onExhausted: deny }
`;

async function start(t: TestContext, more: Record<string, string>) {
  const providers = await startProviders(t);
  providers.openai.otherwise(OPENAI.whole);
  const files = cacheFiles(providers, 'mode: exact, ttl: 1h, staleIfError: 1h', more);
  const gateway = await startTestGateway(t, files, { env: SECRETS });
  const chat = (headers = {}) => post(gateway, '/v1/chat/completions', ask('faq'), headers);
  const rewrite = async (name: string, text: string) => {
    writeFileSync(join(gateway.policies, name), text);
    const { accepted, diagnostics } = await gateway.reload('test');
    assert.ok(accepted, JSON.stringify(diagnostics.map(({ message }) => message)));
  };
  return { providers, gateway, chat, rewrite, files };
}
const says = ({ headers }: { readonly headers: Headers }) => headers.get('x-signalbox-cache');

describe('a kept answer is given only to whoever would be served without it', () => {
  it('a hit counts as a request, costs nothing, and a full budget of requests refuses it', async (t) => {
    const { chat, gateway, providers } = await start(t, { 'budgets.yaml': budget('requests: 3') });
    assert.deepEqual([says(await chat()), says(await chat()), says(await chat())], ['miss', 'hit', 'hit']);
    const refused = await chat();
    assert.deepEqual([refused.status, refused.json.error.code], [429, 'rate_limited']);
    assert.equal(providers.openai.requests.length, 1);
    // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
    const usage: any = await (await fetch(`${gateway.url}/admin/usage`)).json();
    assert.equal(usage.totals.costMicroUsd, 39);
  });

  it('a full budget of money refuses it too, and a hit gives back what was held for it', async (t) => {
    // The worst case of a call fits, and one paid call leaves room for another worst case: hits must leave that room as it is.
    const { chat, rewrite } = await start(t, { 'budgets.yaml': budget('cost: "0.1 USD"') });
    await chat();
    for (let n = 0; n < 40; n++) assert.equal(says(await chat()), 'hit', `hit ${n}`);
    await rewrite('budgets.yaml', budget('cost: "0.000001 USD"'));
    const refused = await chat();
    assert.deepEqual([refused.status, refused.json.error.code], [429, 'budget_exceeded']);
  });

  it('a key that is taken away, or a route that is denied since, gets nothing', async (t) => {
    const { chat, rewrite, files, providers } = await start(t, {});
    const team = { authorization: `Bearer ${KEYS.team}` };
    await chat(team);
    assert.equal(says(await chat(team)), 'hit');
    await rewrite(
      'consumers.yaml',
      (files['consumers.yaml'] ?? '').replace(/sha256: \w+/, `sha256: ${'ab'.repeat(32)}`),
    );
    const unknown = await chat(team);
    assert.deepEqual([unknown.status, unknown.json.error.code], [401, 'invalid_api_key']);
    await chat();
    assert.equal(says(await chat()), 'hit');
    await rewrite(
      'denied.yaml',
      'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: denied }\nspec: { match: { models: [faq] }, priority: 10, deny: { status: 403, message: Not today. } }\n',
    );
    assert.equal((await chat()).status, 403);
    assert.equal(providers.openai.requests.length, 2);
  });

  it('a question that an input guardrail blocks since is blocked', async (t) => {
    const { chat, rewrite, files } = await start(t, {});
    await chat();
    assert.equal(says(await chat()), 'hit');
    await rewrite(
      'caches.yaml',
      `${(files['caches.yaml'] ?? '').replace('cache: kept, tags', 'cache: kept, guardrails: [no-hello], tags')}---
apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: no-hello }
spec: { stage: [input], checks: [{ id: words, check: deny-words, action: block, words: [Hello] }] }
`,
    );
    const blocked = await chat();
    assert.deepEqual([blocked.status, blocked.json.error.code], [400, 'guardrail_blocked']);
  });
});

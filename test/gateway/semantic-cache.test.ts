import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const files = (semantic: string) => `apiVersion: signalbox/v1
kind: Cache
metadata: { name: meant }
spec: { mode: semantic, ttl: 1h, semantic: { ${semantic} } }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: help }
spec: { match: { models: ["help*"] }, chain: all, cache: meant }
---
apiVersion: signalbox/v1
kind: Model
metadata: { name: up-openai/embed }
spec:
  provider: up-openai
  upstreamName: embed-1
  capabilities: [embeddings]
  contextWindow: 8192
  prices: [{ from: 2020-01-01, input: "1.00", output: "0", source: "https://example.com", readAt: 2026-11-01 }]
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: embedders }
spec: { targets: [{ id: first, model: up-openai/embed }] }
`;

/** A server of embeddings by hand: what begins with the same word means the same. */
function vectorOf(text: string): number[] {
  const vector = Array.from({ length: 32 }, () => 0.01);
  vector[(text.codePointAt(0) ?? 0) % 32] = 1;
  return vector;
}

async function start(t: TestContext, semantic: string, options: Parameters<typeof startTestGateway>[2] = {}) {
  const providers = await startProviders(t);
  providers.openai.otherwise((request) => {
    if (!request.path.endsWith('/embeddings')) return OPENAI.whole;
    const data = [{ object: 'embedding', index: 0, embedding: vectorOf(request.json.input) }];
    return { body: { object: 'list', data, model: 'embed-1', usage: { prompt_tokens: 5, total_tokens: 5 } } };
  });
  const gateway = await startTestGateway(t, policyFiles(providers, { 'semantic.yaml': files(semantic) }), {
    env: SECRETS,
    ...options,
  });
  const ask = (text: string, headers = {}, fields = {}) =>
    post(
      gateway,
      '/v1/chat/completions',
      { model: 'help', messages: [{ role: 'user', content: text }], ...fields },
      headers,
    );
  return {
    providers,
    gateway,
    ask,
    calls: () => providers.openai.requests.filter(({ path }) => path.includes('chat')).length,
  };
}
const says = ({ headers }: { readonly headers: Headers }) => headers.get('x-signalbox-cache');
const PROVIDER = 'embedder: up-openai/embed, threshold: 0.95, shadow: false';

describe('a semantic cache', () => {
  it('answers a question that means the same, and says how alike and of which question', async (t) => {
    const { gateway, ask, calls } = await start(t, PROVIDER);
    await ask('How do I return an item?');
    const hit = await ask('How can I return an item?');
    assert.equal(says(hit), 'semantic-hit');
    assert.equal(hit.json.choices[0].message.content, 'Hi there');
    assert.ok(Number(hit.headers.get('x-signalbox-cache-similarity')) > 0.99);
    assert.equal(hit.headers.get('x-signalbox-cost-usd'), '0.000000');
    assert.equal(calls(), 1);
    // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
    const record: any = await (
      await fetch(`${gateway.url}/admin/records/${hit.headers.get('x-signalbox-request-id')}`)
    ).json();
    assert.equal(record.facts.cache.result, 'semantic-hit');
    assert.match(record.facts.cache.matched, /^[0-9a-f]{32}$/);
    assert.ok(record.facts.cache.similarity > 0.99);
    assert.equal(says(await ask('How can I return 2 items?')), 'miss', 'a number more');
    assert.equal(says(await ask('How can I not return an item?')), 'miss', 'a negation more');
    assert.equal(says(await ask('Where can I return an item?')), 'miss', 'another meaning');
  });

  it('compares inside the same consumer, model, language, system prompt, history, tools and parameters only', async (t) => {
    const { ask } = await start(t, PROVIDER);
    const other = 'How can I return an item?';
    await ask('How do I return an item?');
    assert.equal(says(await ask(other, { authorization: `Bearer ${KEYS.team}` })), 'miss');
    assert.equal(says(await ask(other, {}, { temperature: 0.2 })), 'miss');
    assert.equal(says(await ask(other, {}, { model: 'help-more' })), 'miss');
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    assert.equal(says(await ask(other, {}, { tools })), 'miss');
    // To the embedder it means the same; it is another language.
    assert.equal(says(await ask('Hで返品する方法を教えてください')), 'miss');
    const messages = (...list: object[]) => ({ messages: [...list, { role: 'user', content: other }] });
    assert.equal(says(await ask('', {}, messages({ role: 'system', content: 'Be brief.' }))), 'miss');
    assert.equal(
      says(await ask('', {}, messages({ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Yes?' }))),
      'miss',
    );
    assert.equal(says(await ask(other)), 'semantic-hit');
    assert.equal(says(await ask('How could I return an item?', { 'x-signalbox-cache': 'refresh' })), 'refresh');
  });

  it('in shadow it answers nothing, and records what it would have answered', async (t) => {
    const { gateway, ask, calls } = await start(t, 'embedder: up-openai/embed, threshold: 0.95, shadow: true');
    await ask('How do I return an item?');
    const second = await ask('How can I return an item?');
    assert.equal(says(second), 'miss');
    assert.equal(calls(), 2);
    // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
    const record: any = await (
      await fetch(`${gateway.url}/admin/records/${second.headers.get('x-signalbox-request-id')}`)
    ).json();
    assert.ok(record.facts.cache.shadow.similarity > 0.99);
  });

  it('embeddings go along the chain of the policies, are accounted for, and their failure is a miss', async (t) => {
    const { providers, gateway, ask } = await start(t, `${PROVIDER}, chain: embedders`);
    await ask('How do I return an item?');
    const [embedding] = providers.openai.requests.filter(({ path }) => path === '/v1/embeddings');
    assert.deepEqual(embedding?.json, { model: 'embed-1', input: 'How do I return an item?' });
    assert.equal(embedding?.headers.authorization, 'Bearer sk-up-openai');
    // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
    const usage: any = await (await fetch(`${gateway.url}/admin/usage?by=model`)).json();
    const embedded = usage.groups.find(({ key }: { key: string }) => key === 'up-openai/embed');
    assert.deepEqual([embedded?.requests, embedded?.tokens.input, embedded?.costMicroUsd], [1, 5, 5]);
    providers.openai.otherwise((request) =>
      request.path.endsWith('/embeddings') ? { status: 500, body: '{}' } : OPENAI.whole,
    );
    const answer = await ask('Can I return a thing?');
    assert.deepEqual([answer.status, says(answer)], [200, 'miss']);
    assert.equal(says(await ask('Can I return a thing?')), 'hit');
  });

  it('finds its questions again after a restart, and those of another process', async (t) => {
    const first = await start(t, PROVIDER);
    await first.ask('How do I return an item?');
    const other = await startTestGateway(
      t,
      {},
      { env: SECRETS, policies: first.gateway.policies, dataDir: first.gateway.dataDir },
    );
    await first.gateway.close(1000);
    const body = { model: 'help', messages: [{ role: 'user', content: 'How can I return an item?' }] };
    assert.equal(says(await post(other, '/v1/chat/completions', body)), 'semantic-hit');
    await post(other, '/admin/cache/purge', { all: true });
    assert.equal(says(await post(other, '/v1/chat/completions', body)), 'miss');
  });

  it('works offline in English', async (t) => {
    const { ask, providers } = await start(t, 'embedder: local/en, threshold: 0.9, shadow: false');
    await ask('How do I return an item?');
    const hit = await ask('How can I return an item?');
    assert.equal(says(hit), 'semantic-hit');
    assert.equal(says(await ask('How can I roast a chicken?')), 'miss');
    assert.ok(providers.openai.requests.every(({ path }) => !path.includes('embeddings')));
  });
});

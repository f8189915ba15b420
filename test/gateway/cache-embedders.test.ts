import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { until } from '../support/start-redis.ts';
import { policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const model = (name: string) => `apiVersion: signalbox/v1
kind: Model
metadata: { name: up-openai/${name} }
spec:
  provider: up-openai
  upstreamName: ${name}
  capabilities: [embeddings]
  contextWindow: 8192
  prices: [{ from: 2020-01-01, input: "1.00", output: "0", source: "https://example.com", readAt: 2026-11-01 }]
`;
const files = (embedder: string) => `apiVersion: signalbox/v1
kind: Cache
metadata: { name: meant }
spec: { mode: semantic, ttl: 1h, semantic: { embedder: ${embedder}, threshold: 0.9, shadow: false } }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: help }
spec: { match: { models: [help] }, chain: all, cache: meant }
---
${model('embed-1')}---
${model('embed-2')}`;

/** Gateways one after the other over the same folder, each with another embedder. */
async function start(t: TestContext) {
  const providers = await startProviders(t);
  let isDown = false;
  providers.openai.otherwise((request) => {
    if (!request.path.endsWith('/embeddings')) return isDown ? { status: 503, body: '{}' } : OPENAI.whole;
    // The two have nothing in common, not even their length.
    const { model: name } = request.json;
    const dimensions = name === 'embed-1' ? 32 : 40;
    const embedding = Array.from({ length: dimensions }, (_, n) => (n === 0 ? 1 : 0.01));
    const data = [{ object: 'embedding', index: 0, embedding }];
    return { body: { object: 'list', data, model: name, usage: { prompt_tokens: 5, total_tokens: 5 } } };
  });
  let dataDir: string | undefined;
  const open = async (embedder: string): Promise<TestGateway> => {
    const gateway = await startTestGateway(t, policyFiles(providers, { 'meant.yaml': files(embedder) }), {
      env: SECRETS,
      ...(dataDir === undefined ? {} : { dataDir }),
    });
    dataDir = gateway.dataDir;
    return gateway;
  };
  const embedded = (name: string) =>
    providers.openai.requests.filter(({ json }) => json?.model === name).map(({ json }) => json.input);
  const goDown = () => {
    isDown = true;
  };
  return { open, embedded, goDown };
}

const ask = async (gateway: TestGateway, text: string) => {
  const body = { model: 'help', messages: [{ role: 'user', content: text }] };
  return (await post(gateway, '/v1/chat/completions', body)).headers.get('x-signalbox-cache');
};
const [KEPT, SIMILAR] = ['How do I return an item?', 'How can I return an item?'];

describe('after a change of embedders', () => {
  it('what is kept is embedded anew by one that costs nothing', async (t) => {
    const { open, embedded, goDown } = await start(t);
    const first = await open('up-openai/embed-1');
    assert.equal(await ask(first, KEPT), 'miss');
    await first.close(1000);
    const second = await open('local/en');
    // Nothing new is kept from now on: whatever is found is what was kept before.
    goDown();
    await until(async () => (await ask(second, SIMILAR)) === 'semantic-hit');
    assert.deepEqual(embedded('embed-1'), [KEPT]);
  });

  it('a provider is asked for a question when its answer is found exactly, once', async (t) => {
    const { open, embedded, goDown } = await start(t);
    const first = await open('up-openai/embed-1');
    await ask(first, KEPT);
    await first.close(1000);
    const second = await open('up-openai/embed-2');
    // The first hits may come before the list of questions is read.
    await until(async () => {
      assert.equal(await ask(second, KEPT), 'hit');
      return embedded('embed-2').length > 0;
    });
    for (let n = 0; n < 5; n++) assert.equal(await ask(second, KEPT), 'hit');
    assert.deepEqual(embedded('embed-2'), [KEPT]);
    await until(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
      const usage: any = await (await fetch(`${second.url}/admin/usage?by=model`)).json();
      return usage.groups.some(
        ({ key, requests }: { key: string; requests: number }) => key === 'up-openai/embed-2' && requests === 1,
      );
    });
    goDown();
    assert.equal(await ask(second, SIMILAR), 'semantic-hit');
    assert.deepEqual(embedded('embed-1'), [KEPT]);
  });
});

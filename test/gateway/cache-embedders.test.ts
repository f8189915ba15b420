import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { until } from '../support/start-redis.ts';
import { KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';
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
const files = (embedder: string, other: string) => `apiVersion: signalbox/v1
kind: Cache
metadata: { name: meant }
spec: { mode: semantic, ttl: 1h, semantic: { embedder: ${embedder}, threshold: 0.9, shadow: false } }
---
apiVersion: signalbox/v1
kind: Cache
metadata: { name: elsewhere }
spec: { mode: semantic, ttl: 1h, semantic: { embedder: ${other}, threshold: 0.9, shadow: false } }
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
  let delaysMs = 0;
  providers.openai.otherwise((request) => {
    if (!request.path.endsWith('/embeddings')) return isDown ? { status: 503, body: '{}' } : OPENAI.whole;
    // The two have nothing in common, not even their length.
    const { model: name } = request.json;
    const dimensions = name === 'embed-1' ? 32 : 40;
    const embedding = Array.from({ length: dimensions }, (_, n) => (n === 0 ? 1 : 0.01));
    const texts = [request.json.input].flat();
    const before = { delayMs: delaysMs };
    const data = texts.map((_: string, index: number) => ({ object: 'embedding', index, embedding }));
    return { before, body: { object: 'list', data, model: name, usage: { prompt_tokens: 5, total_tokens: 5 } } };
  });
  let dataDir: string | undefined;
  const open = async (embedder: string, other = embedder): Promise<TestGateway> => {
    const gateway = await startTestGateway(t, policyFiles(providers, { 'meant.yaml': files(embedder, other) }), {
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
  const slowDown = (ms: number) => {
    delaysMs = ms;
  };
  return { open, embedded, goDown, slowDown };
}

const TEAM = { authorization: `Bearer ${KEYS.team}` };
const ask = async (gateway: TestGateway, text: string, headers = {}) => {
  const body = { model: 'help', messages: [{ role: 'user', content: text }] };
  return (await post(gateway, '/v1/chat/completions', body, headers)).headers.get('x-signalbox-cache');
};
const [KEPT, SIMILAR] = ['How do I return an item?', 'How can I return an item?'];
const [OTHER, OTHER_SIMILAR] = ['Where is my parcel now?', 'Where is the parcel now?'];

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

  it('a provider embeds all that is kept, unasked, once, by one call for each consumer, who pays', async (t) => {
    const { open, embedded, goDown } = await start(t);
    const first = await open('up-openai/embed-1');
    for (const text of [KEPT, OTHER]) await ask(first, text);
    await ask(first, KEPT, TEAM);
    await first.close(1000);
    const second = await open('up-openai/embed-2');
    goDown();
    await until(async () => {
      // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
      const usage: any = await (await fetch(`${second.url}/admin/usage?by=model`)).json();
      return usage.groups.some(
        ({ key, requests }: { key: string; requests: number }) => key === 'up-openai/embed-2' && requests === 2,
      );
    });
    assert.deepEqual(embedded('embed-2'), [[KEPT, OTHER], KEPT]);
    assert.equal(await ask(second, SIMILAR), 'semantic-hit');
    assert.equal(await ask(second, OTHER_SIMILAR), 'semantic-hit');
    assert.equal(await ask(second, SIMILAR, TEAM), 'semantic-hit');
    // Nothing is left to do: further calls are those of the three questions.
    assert.equal(embedded('embed-2').length, 5);
    await second.close(1000);
    // What was embedded anew is kept: another start does not embed it again.
    const third = await open('up-openai/embed-2');
    assert.equal(await ask(third, 'How could I return an item?'), 'semantic-hit');
    assert.equal(embedded('embed-2').length, 6);
    assert.equal(embedded('embed-1').length, 3);
  });

  it('is asked once, however many processes share the store and however long it takes', async (t) => {
    const { open, embedded, goDown, slowDown } = await start(t);
    const first = await open('up-openai/embed-1');
    for (const text of [KEPT, OTHER]) await ask(first, text);
    await first.close(1000);
    slowDown(1500);
    const both = await Promise.all([open('up-openai/embed-2'), open('up-openai/embed-2')]);
    await until(async () => embedded('embed-2').length > 0);
    slowDown(0);
    goDown();
    for (const gateway of both) await until(async () => (await ask(gateway, SIMILAR)) === 'semantic-hit');
    assert.deepEqual(
      embedded('embed-2').filter((texts) => texts !== SIMILAR),
      [[KEPT, OTHER]],
    );
  });

  it('of two rules that change places, a question is embedded again when its answer is found exactly, once', async (t) => {
    const { open, embedded, goDown } = await start(t);
    const first = await open('up-openai/embed-1', 'up-openai/embed-2');
    await ask(first, KEPT);
    await first.close(1000);
    const second = await open('up-openai/embed-2', 'up-openai/embed-1');
    // The first hits may come before the list of questions is read.
    await until(async () => {
      assert.equal(await ask(second, KEPT), 'hit');
      return embedded('embed-2').length > 0;
    });
    for (let n = 0; n < 5; n++) assert.equal(await ask(second, KEPT), 'hit');
    assert.deepEqual(embedded('embed-2'), [KEPT]);
    goDown();
    await until(async () => (await ask(second, SIMILAR)) === 'semantic-hit');
  });
});

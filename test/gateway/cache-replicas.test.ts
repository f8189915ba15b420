import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { requireProgram } from '../support/skip.ts';
import { startRedis } from '../support/start-redis.ts';
import { cacheFiles } from './cache-policies.ts';
import { ask, KEYS, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const MORE = `apiVersion: signalbox/v1
kind: Route
metadata: { name: second }
spec: { match: { models: [second] }, chain: all, cache: kept, tags: [other] }
---
apiVersion: signalbox/v1
kind: Cache
metadata: { name: meant }
spec: { mode: semantic, ttl: 1h, semantic: { embedder: up-openai/embed, threshold: 0.95, shadow: false } }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: help }
spec: { match: { models: [help] }, chain: all, cache: meant, tags: [help] }
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
`;
const TEAM = { authorization: `Bearer ${KEYS.team}` };
const says = ({ headers }: { readonly headers: Headers }) => headers.get('x-signalbox-cache');

/** Two replicas over one Redis; null without one. */
async function start(t: TestContext, env: Record<string, string> = {}) {
  const program = requireProgram(t, 'redis-server');
  if (program === undefined) return null;
  const { url } = await startRedis(t, program);
  const providers = await startProviders(t);
  providers.openai.otherwise((request) => {
    if (!request.path.endsWith('/embeddings')) return OPENAI.whole;
    // Whatever begins with the same letter means the same.
    const embedding = Array.from({ length: 26 }, (_, n) =>
      n === request.json.input.toLowerCase().charCodeAt(0) - 97 ? 1 : 0.01,
    );
    const data = [{ object: 'embedding', index: 0, embedding }];
    return { body: { object: 'list', data, model: 'embed-1', usage: { prompt_tokens: 5, total_tokens: 5 } } };
  });
  const files = cacheFiles(providers, 'mode: exact, ttl: 1h', { 'more.yaml': MORE });
  const shared = `${url}?timeout=10000`;
  const open = (storeUrl = shared, more = {}) =>
    startTestGateway(t, files, { env: { ...SECRETS, ...env, ...more }, storeUrl });
  const redis = new Redis(url);
  t.after(() => redis.disconnect());
  return { providers, open, redis, shared, replicas: [await open(), await open()] as const };
}

const chat = (gateway: TestGateway, model: string, headers = {}, text = 'Hello') =>
  post(gateway, '/v1/chat/completions', { ...ask(model), messages: [{ role: 'user', content: text }] }, headers);

/** Everything that the server holds, as text. */
async function everything(redis: Redis): Promise<string> {
  const parts: string[] = [];
  for (const key of await redis.keys('*')) {
    const kind = await redis.type(key);
    if (kind === 'string') parts.push(String(await redis.get(key)));
    if (kind === 'stream') parts.push(JSON.stringify(await redis.xrange(key, '-', '+')));
    if (kind === 'zset') parts.push(JSON.stringify(await redis.zrange(key, '0', '-1')));
    if (kind === 'hash') parts.push(JSON.stringify(await redis.hgetall(key)));
  }
  return parts.join('\n');
}

describe('replicas over one Redis', () => {
  it('share what is kept, and what one is told to throw away is gone for all: by route, consumer, tag, cache and key', async (t) => {
    const started = await start(t);
    if (started === null) return;
    const [first, second] = started.replicas;
    const asked = [
      ['faq', {}],
      ['faq', TEAM],
      ['second', {}],
    ] as const;
    const fill = async () => {
      for (const [model, headers] of asked) await chat(first, model, headers);
      for (const [model, headers] of asked) assert.equal(says(await chat(second, model, headers)), 'hit');
    };
    const purge = async (query: object) => (await post(second, '/admin/cache/purge', query)).json.purged;
    await fill();
    const key = (await chat(first, 'second')).headers.get('x-signalbox-cache-key') ?? '';
    const gone: readonly (readonly [object, readonly boolean[]])[] = [
      [{ route: 'second' }, [false, false, true]],
      [{ consumer: 'team' }, [false, true, false]],
      [{ tag: 'faq' }, [true, true, false]],
      [{ key: key.slice(0, 20) }, [false, false, true]],
      [{ cache: 'kept', consumer: 'guest' }, [true, false, true]],
      [{ all: true }, [true, true, true]],
    ];
    for (const [query, missing] of gone) {
      await fill();
      const name = JSON.stringify(query);
      assert.equal(await purge(query), missing.filter(Boolean).length, name);
      for (const [at, [model, headers]] of asked.entries()) {
        assert.equal(says(await chat(first, model, headers)), missing[at] ? 'miss' : 'hit', `${name}, ${model}`);
      }
    }
  });

  it('follow each other’s questions; a purge leaves none of their words', async (t) => {
    const started = await start(t);
    if (started === null) return;
    const { redis } = started;
    const [first, second] = started.replicas;
    const nothing = 'Where do I park?';
    assert.equal(says(await chat(second, 'help', {}, nothing)), 'miss', 'its index is read and empty');
    await chat(first, 'help', {}, 'How do I return the umbrella?');
    await chat(first, 'help', TEAM, 'How do I return the bicycle?');
    const similar = 'How can I return the umbrella?';
    // A replica looks for the others' questions once a second.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const found = await chat(second, 'help', {}, similar);
    assert.equal(says(found), 'semantic-hit');
    assert.match(await everything(redis), /umbrella/);
    assert.match(await everything(redis), /bicycle/);
    assert.equal((await post(second, '/admin/cache/purge', { consumer: 'guest' })).status, 200);
    const left = await everything(redis);
    assert.doesNotMatch(left, /umbrella|park/);
    assert.match(left, /bicycle/, 'what another consumer asked stays');
    for (const gateway of [first, second]) {
      assert.equal(
        says(await chat(gateway, 'help', { 'x-signalbox-cache': 'refresh' }, 'Hold on, what is new?')),
        'refresh',
      );
    }
  });

  it('may lie in another Redis than the budgets', async (t) => {
    const started = await start(t);
    if (started === null) return;
    const { open, shared, replicas } = started;
    const apart = await open('memory:', { SIGNALBOX_CACHE_REDIS_URL: shared });
    await chat(replicas[0], 'help', {}, 'How do I return the umbrella?');
    assert.equal(says(await chat(apart, 'help', {}, 'How do I return the umbrella?')), 'hit');
  });

  it('with a key, Redis holds none of the words', async (t) => {
    const started = await start(t, { SIGNALBOX_CACHE_KEY: 'ab'.repeat(32) });
    if (started === null) return;
    const [first, second] = started.replicas;
    await chat(first, 'help', {}, 'How do I return the umbrella?');
    assert.equal(says(await chat(second, 'help', {}, 'How do I return the umbrella?')), 'hit');
    const held = await everything(started.redis);
    assert.ok(held.length > 200);
    assert.doesNotMatch(held, /umbrella|Hi there/);
  });
});

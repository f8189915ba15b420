import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { API_PATHS } from '../../src/gateway/api-paths.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { ask, KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

interface Case {
  readonly name: string;
  readonly environment: 'development' | 'production';
  readonly headers: Readonly<Record<string, string>>;
  readonly expect: readonly [number, string | null];
  readonly model?: string;
}

const CASES: readonly Case[] = [
  { name: 'no key in production', environment: 'production', headers: {}, expect: [401, 'invalid_api_key'] },
  { name: 'no key in development', environment: 'development', headers: {}, expect: [200, null] },
  { name: 'any other key in development', environment: 'development', headers: bearer('any-key'), expect: [200, null] },
  {
    name: 'any other key in production',
    environment: 'production',
    headers: bearer('any-key'),
    expect: [401, 'invalid_api_key'],
  },
  { name: 'a known key as a bearer token', environment: 'production', headers: bearer(KEYS.team), expect: [200, null] },
  {
    name: 'a known key in x-api-key',
    environment: 'production',
    headers: { 'x-api-key': KEYS.team },
    expect: [200, null],
  },
  {
    name: 'a known key in x-goog-api-key',
    environment: 'production',
    headers: { 'x-goog-api-key': KEYS.team },
    expect: [200, null],
  },
  { name: 'a known key in api-key', environment: 'production', headers: { 'api-key': KEYS.team }, expect: [200, null] },
  {
    name: 'a known key behind a foreign one',
    environment: 'production',
    headers: { ...bearer('sk-foreign'), 'x-api-key': KEYS.team },
    expect: [200, null],
  },
  {
    name: 'an unknown key before a known one',
    environment: 'production',
    headers: { ...bearer(KEYS.unknown), 'x-api-key': KEYS.team },
    expect: [401, 'invalid_api_key'],
  },
  {
    name: 'an unknown key in development',
    environment: 'development',
    headers: bearer(KEYS.unknown),
    expect: [401, 'invalid_api_key'],
  },
  {
    name: 'a key that only looks like ours',
    environment: 'development',
    headers: bearer('sbx_short'),
    expect: [401, 'invalid_api_key'],
  },
  { name: 'an expired key', environment: 'production', headers: bearer(KEYS.expired), expect: [403, 'key_expired'] },
  {
    name: 'an address outside the list',
    environment: 'production',
    headers: bearer(KEYS.remote),
    expect: [403, 'ip_not_allowed'],
  },
  {
    name: 'an allowed model',
    environment: 'production',
    headers: bearer(KEYS.narrow),
    model: 'to-openai',
    expect: [200, null],
  },
  {
    name: 'a model that is not allowed',
    environment: 'production',
    headers: bearer(KEYS.narrow),
    model: 'to-gemini',
    expect: [403, 'model_not_allowed'],
  },
  {
    name: 'no signature where one is due',
    environment: 'production',
    headers: bearer(KEYS.signed),
    expect: [403, 'signature_invalid'],
  },
];

describe('who may call', () => {
  for (const { name, environment, headers, expect, model } of CASES) {
    it(`${name}: ${expect[1] ?? expect[0]}`, async (t) => {
      const providers = await startProviders(t);
      providers.openai.otherwise(OPENAI.whole);
      const env = { ...SECRETS, SIGNING_SECRET: 'shared-secret' };
      const gateway = await startTestGateway(t, policyFiles(providers), { env, environment });
      const answer = await post(gateway, '/v1/chat/completions', ask(model ?? 'gpt-4o'), headers);
      assert.deepEqual([answer.status, answer.headers.get('x-signalbox-error')], expect, answer.text);
      assert.equal(providers.openai.requests.length, expect[0] === 200 ? 1 : 0);
      const sent = providers.openai.requests[0]?.headers;
      if (sent !== undefined) {
        assert.equal(sent.authorization, 'Bearer sk-up-openai', 'the consumer key never leaves');
        assert.equal(sent['x-api-key'], undefined);
      }
      const logged = JSON.stringify(gateway.logged);
      for (const key of Object.values(KEYS)) assert.ok(!logged.includes(key), 'no key stands in the log');
    });
  }

  it('no path of the API answers a stranger in production', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), {
      ...{ env: SECRETS, environment: 'production', failedKeys: { burst: 1000 } },
    });
    const paths = API_PATHS.map(({ pattern, isServed }) => [pattern.replace('*', 'x'), isServed ? 401 : 404] as const);
    const more = [
      ['/v1beta/models/x:generateContent', 401],
      ['/v1/models/x:streamGenerateContent', 401],
      ['/api/ai/faq', 401],
    ] as const;
    for (const [path, status] of [...paths, ...more]) {
      assert.equal((await post(gateway, path, ask('gpt-4o'))).status, status, path);
    }
    const called = [providers.openai, providers.anthropic, providers.gemini].flatMap(({ requests }) => requests);
    assert.equal(called.length, 0);
  });

  it('a consumer key in the query of a Gemini call counts, a foreign one does not', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
    const body = { contents: [{ parts: [{ text: 'Hello' }] }] };
    const own = await post(gateway, `/v1beta/models/to-openai:generateContent?key=${KEYS.team}`, body);
    assert.equal(own.status, 200, own.text);
    const foreign = await post(gateway, '/v1beta/models/to-openai:generateContent?key=AIzaForeign', body);
    assert.equal(foreign.status, 401);
    assert.equal(foreign.json.error.status, 'UNAUTHENTICATED');
  });

  it('a signature holds for its body and its time only', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const env = { ...SECRETS, SIGNING_SECRET: 'shared-secret' };
    const gateway = await startTestGateway(t, policyFiles(providers), { env, environment: 'production' });
    const body = JSON.stringify(ask('gpt-4o'));
    const now = Math.floor(Date.now() / 1000);
    const sign = (secret: string, timestamp: number, text: string) => ({
      ...bearer(KEYS.signed),
      'x-signalbox-timestamp': String(timestamp),
      'x-signalbox-signature': createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex'),
    });
    const cases = [
      [sign('shared-secret', now, body), 200],
      [sign('another-secret', now, body), 403],
      [sign('shared-secret', now, `${body} `), 403],
      [sign('shared-secret', now - 600, body), 403],
      [{ ...sign('shared-secret', now, body), 'x-signalbox-timestamp': String(now - 1) }, 403],
      [{ ...sign('shared-secret', now, body), 'x-signalbox-signature': 'zz' }, 403],
    ] as const;
    for (const [headers, status] of cases) {
      assert.equal((await post(gateway, '/v1/chat/completions', body, headers)).status, status);
    }
  });

  it('a signature can be used once, whatever the process that sees it again', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const env = { ...SECRETS, SIGNING_SECRET: 'shared-secret' };
    const dataDir = makeTempDirectory(t);
    const start = () => startTestGateway(t, policyFiles(providers), { env, environment: 'production', dataDir });
    const [gateway, worker] = [await start(), await start()];
    const body = JSON.stringify(ask('gpt-4o'));
    const timestamp = Math.floor(Date.now() / 1000);
    const sign = (nonce: string | null) => ({
      ...bearer(KEYS.signed),
      'x-signalbox-timestamp': String(timestamp),
      ...(nonce === null ? {} : { 'x-signalbox-nonce': nonce }),
      'x-signalbox-signature': createHmac('sha256', 'shared-secret')
        .update(nonce === null ? `${timestamp}.${body}` : `${timestamp}:${nonce}.${body}`)
        .digest('hex'),
    });
    const send = async (to: { readonly url: string }, headers: Readonly<Record<string, string>>, text = body) => {
      const answer = await post(to, '/v1/chat/completions', text, headers);
      return [answer.status, /used before/.test(answer.text)];
    };
    assert.deepEqual(await send(gateway, sign(null)), [200, false]);
    assert.deepEqual(await send(gateway, sign(null)), [403, true]);
    assert.deepEqual(await send(worker, sign(null)), [403, true]);
    assert.deepEqual(await send(gateway, { ...sign(null), 'x-signalbox-signature': 'ab' }), [403, false]);
    assert.deepEqual(await send(gateway, sign('nonce-0001')), [200, false]);
    assert.deepEqual(await send(worker, sign('nonce-0002')), [200, false]);
    const upper = sign('nonce-0002');
    upper['x-signalbox-signature'] = `sha256=${upper['x-signalbox-signature'].toUpperCase()}`;
    assert.deepEqual(await send(worker, upper), [403, true], 'written otherwise it is the same signature');
    assert.deepEqual(await send(gateway, { ...sign('nonce-0003'), 'x-signalbox-nonce': 'nonce-0004' }), [403, false]);
    assert.deepEqual(await send(gateway, sign('no.nonce')), [403, false]);
    await gateway.close(0);
    await worker.close(0);
    assert.deepEqual(await send(await start(), sign('nonce-0001')), [403, true], 'nor after a restart');
  });

  it('nor sent again to another replica, which shares nothing but Redis', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const storeUrl = `${(await startRedis(t, program)).url}?timeout=10000`;
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const options = { env: { ...SECRETS, SIGNING_SECRET: 'shared-secret' }, environment: 'production', storeUrl };
    const start = () => startTestGateway(t, policyFiles(providers), options);
    const replicas = [await start(), await start(), await start()];
    const body = JSON.stringify(ask('gpt-4o'));
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = 'nonce-0001';
    const text = `${timestamp}:${nonce}.${body}`;
    const headers = {
      ...bearer(KEYS.signed),
      ...{ 'x-signalbox-timestamp': timestamp, 'x-signalbox-nonce': nonce },
      'x-signalbox-signature': createHmac('sha256', 'shared-secret').update(text).digest('hex'),
    };
    // Thirty at once: one of them is the first.
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => post(replicas[at % 3]!, '/v1/chat/completions', body, headers)),
    );
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, ...Array(29).fill(403)]);
    assert.equal(providers.openai.requests.length, 1);
  });

  it('nobody can sign where the gateway lacks the secret', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
    const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o'), bearer(KEYS.signed));
    assert.equal(answer.status, 403);
    assert.match(answer.json.error.message, /env:SIGNING_SECRET/);
  });

  it('behind trusted proxies the address that they wrote counts, and only there', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const cases = [
      ['[127.0.0.0/8, 10.0.255.0/24]', '10.1.2.3', 200],
      ['[127.0.0.0/8, 10.0.255.0/24]', '203.0.113.9, 10.1.2.3, 10.0.255.7', 200],
      ['[127.0.0.0/8, 10.0.255.0/24]', '10.1.2.3, 203.0.113.9, 10.0.255.7', 403],
      ['[127.0.0.0/8]', 'unknown', 403],
      ['[192.0.2.0/24]', '10.1.2.3', 403],
      ['[]', '10.1.2.3', 403],
    ] as const;
    for (const [trusted, forwarded, status] of cases) {
      const files = policyFiles(providers);
      const project = files['signalbox.yaml']!.replace('spec:\n', `spec:\n  trustedProxies: ${trusted}\n`);
      const gateway = await startTestGateway(
        t,
        { ...files, 'signalbox.yaml': project },
        { env: SECRETS, environment: 'production' },
      );
      const headers = { ...bearer(KEYS.remote), 'x-forwarded-for': forwarded };
      const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o'), headers);
      assert.equal(answer.status, status, `${trusted} ${forwarded}: ${answer.text}`);
      await gateway.close(0);
    }
  });

  it('the list of models holds only what the consumer may use', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment: 'production' });
    const list = await fetch(`${gateway.url}/v1/models`, { headers: bearer(KEYS.narrow) });
    const { data } = (await list.json()) as { readonly data: readonly { readonly id: string }[] };
    assert.deepEqual(
      data.map(({ id }) => id),
      ['up-openai/model'],
    );
    const one = await fetch(`${gateway.url}/v1/models/up-openai/model`, { headers: bearer(KEYS.narrow) });
    assert.equal(one.status, 200);
    const other = await fetch(`${gateway.url}/v1/models/up-gemini/model`, { headers: bearer(KEYS.narrow) });
    assert.equal(other.status, 404);
    assert.equal((await fetch(`${gateway.url}/v1/models`)).status, 401);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import OpenAI from 'openai';
import type { Cleanup } from '../support/temp-directory.ts';
import { ask, KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANTHROPIC, GEMINI, OPENAI } from './provider-answers.ts';

async function setUp(t: Cleanup, environment = 'development') {
  const providers = await startProviders(t);
  providers.openai.otherwise(OPENAI.whole);
  providers.anthropic.otherwise(ANTHROPIC.whole);
  providers.gemini.otherwise(GEMINI.whole);
  const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, environment });
  const send = (config: unknown, headers: Readonly<Record<string, string>> = {}, fields: object = {}) =>
    post(gateway, '/v1/chat/completions', ask('gpt-4o', fields), {
      'x-portkey-config': typeof config === 'string' ? config : JSON.stringify(config),
      ...headers,
    });
  return { providers, gateway, send };
}

describe('x-portkey-config', () => {
  it('with three targets, five retries and a wrong first key, gets the second provider’s answer', async (t) => {
    const { providers, gateway } = await setUp(t);
    providers.openai.otherwise(({ headers }) =>
      headers.authorization === 'Bearer sk-right' ? OPENAI.whole : OPENAI.error(401),
    );
    const client = new OpenAI({
      apiKey: 'any-key',
      baseURL: `${gateway.url}/v1`,
      maxRetries: 0,
      defaultHeaders: {
        'x-portkey-config': JSON.stringify({
          strategy: { mode: 'fallback' },
          retry: { count: 5 },
          targets: [
            { provider: 'up-openai', api_key: 'sk-wrong', override_params: { model: 'gpt-4o' } },
            {
              provider: 'up-anthropic',
              api_key: 'ant-1',
              override_params: { model: 'claude-sonnet-4-5', max_tokens: 64 },
            },
            { provider: 'up-gemini', api_key: 'gem-1', override_params: { model: 'gemini-2.5-pro' } },
          ],
        }),
      },
    });
    const { data, response } = await client.chat.completions
      .create({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] })
      .withResponse();
    assert.equal(data.choices[0]?.message.content, 'Hi there');
    const header = (name: string) => response.headers.get(`x-signalbox-${name}`);
    assert.equal(header('provider'), 'up-anthropic');
    assert.equal(header('target'), 'x-portkey-config/up-anthropic');
    assert.equal(header('model'), 'up-anthropic/claude-sonnet-4-5');
    assert.equal(header('fallback'), 'auth');
    assert.equal(header('attempts'), '2', 'a wrong key is not retried');
    assert.equal(providers.openai.requests.length, 1);
    assert.equal(providers.openai.requests[0]?.headers.authorization, 'Bearer sk-wrong');
    assert.equal(providers.openai.requests[0]?.json.model, 'gpt-4o');
    assert.equal(providers.anthropic.requests[0]?.headers['x-api-key'], 'ant-1');
    assert.equal(providers.anthropic.requests[0]?.json.model, 'claude-sonnet-4-5');
    assert.equal(providers.anthropic.requests[0]?.json.max_tokens, 64);
    const traces = JSON.stringify([gateway.logged, await gateway.status()]);
    for (const secret of ['sk-wrong', 'ant-1', 'gem-1', 'any-key']) assert.ok(!traces.includes(secret), secret);
  });

  it('retries what its list names, as often as it says', async (t) => {
    const { providers, send } = await setUp(t);
    providers.openai.enqueue(OPENAI.error(503), OPENAI.error(429));
    const answer = await send({ provider: 'up-openai', api_key: 'k', retry: { attempts: 2 } });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('x-signalbox-attempts'), '3');
    providers.openai.enqueue(OPENAI.error(503), OPENAI.error(503));
    const none = await send({ provider: 'up-openai', api_key: 'k', retry: { attempts: 2, on_status_codes: [429] } });
    assert.equal(none.status, 503);
    assert.equal(none.headers.get('x-signalbox-attempts'), '1');
  });

  it('falls back on any failure without a list, refused requests included, and on the list’s with one', async (t) => {
    const { providers, send } = await setUp(t);
    const targets = [
      { provider: 'up-openai', api_key: 'k' },
      { provider: 'up-anthropic', api_key: 'k' },
    ];
    for (const status of [400, 401, 404, 429, 500]) {
      providers.openai.enqueue(OPENAI.error(status));
      const answer = await send({ strategy: { mode: 'fallback' }, targets });
      assert.equal(answer.headers.get('x-signalbox-provider'), 'up-anthropic', `${status}: ${answer.text}`);
    }
    providers.openai.enqueue(OPENAI.error(500));
    const listed = await send({ strategy: { mode: 'fallback', on_status_codes: [429] }, targets });
    assert.equal(listed.status, 500);
  });

  it('a virtual key is a provider of the policies with its own secret', async (t) => {
    const { providers, send } = await setUp(t);
    assert.equal((await send({ virtual_key: 'up-openai' })).status, 200);
    assert.equal(providers.openai.requests[0]?.headers.authorization, 'Bearer sk-up-openai');
  });

  it('nested targets inherit what they do not say themselves', async (t) => {
    const { providers, send } = await setUp(t);
    providers.openai.otherwise(OPENAI.error(500));
    const answer = await send({
      override_params: { temperature: 0.2 },
      strategy: { mode: 'fallback' },
      targets: [
        { strategy: { mode: 'loadbalance' }, targets: [{ provider: 'up-openai', api_key: 'k', weight: 1 }] },
        { provider: 'up-gemini', api_key: 'k', override_params: { top_p: 0.5 } },
      ],
    });
    assert.equal(answer.headers.get('x-signalbox-provider'), 'up-gemini', answer.text);
    assert.equal(providers.openai.requests[0]?.json.temperature, 0.2);
    const sent = providers.gemini.requests[0]?.json.generationConfig;
    assert.deepEqual([sent.temperature, sent.topP], [0.2, 0.5]);
  });

  it('weights choose one target, and 0 never', async (t) => {
    const { providers, send } = await setUp(t);
    for (let i = 0; i < 8; i++) {
      await send({
        strategy: { mode: 'loadbalance' },
        targets: [
          { provider: 'up-openai', api_key: 'k', weight: 0 },
          { provider: 'up-gemini', api_key: 'k', weight: 0.3 },
        ],
      });
    }
    assert.deepEqual([providers.openai.requests.length, providers.gemini.requests.length], [0, 8]);
  });

  it('conditions on metadata and parameters choose a target by name', async (t) => {
    const { send } = await setUp(t);
    const config = {
      strategy: {
        mode: 'conditional',
        conditions: [JSON.parse('{"query":{"metadata.plan":{"$eq":"paid"}},"then":"good"}')],
        default: 'cheap',
      },
      targets: [
        { name: 'good', provider: 'up-anthropic', api_key: 'k' },
        { name: 'cheap', provider: 'up-gemini', api_key: 'k' },
      ],
    };
    const paid = await send(config, { 'x-portkey-metadata': '{"plan":"paid"}' });
    assert.equal(paid.headers.get('x-signalbox-provider'), 'up-anthropic', paid.text);
    assert.equal((await send(config)).headers.get('x-signalbox-provider'), 'up-gemini');
  });

  it('custom_host goes only to hosts that the policies allow, and never with a key of theirs', async (t) => {
    const { providers, send } = await setUp(t);
    const own = `${providers.gemini.url}/v9`;
    providers.gemini.otherwise(OPENAI.whole);
    const answer = await send({ provider: 'up-openai', custom_host: own });
    assert.equal(answer.status, 200, answer.text);
    assert.equal(providers.gemini.requests[0]?.path, '/v9/chat/completions');
    assert.equal(providers.gemini.requests[0]?.headers.authorization, undefined);
    for (const host of [
      'http://localhost:1/v1',
      'http://127.0.0.1.example.com/v1',
      'http://user:pass@127.0.0.1/v1',
      'http://127.0.0.1@example.com/v1',
      'file:///etc/passwd',
      'not a url',
      'http://example.com#@127.0.0.1/',
    ]) {
      const refused = await send({ provider: 'up-openai', api_key: 'k', custom_host: host });
      assert.deepEqual([refused.status, refused.json.error.code], [400, 'host_not_allowed'], host);
    }
  });

  const INVALID: readonly (readonly [string, unknown, RegExp])[] = [
    ['text that is no JSON', '{"strategy":', /not JSON/],
    ['a saved configuration', 'pc-abc123', /Chain in a Route/],
    ['a list', '[]', /not a JSON object/],
    ['an unknown key', { provider: 'up-openai', apikey: 'k' }, /unknown key apikey/],
    ['an unknown key in a target', { targets: [{ provider: 'up-openai', wieght: 1 }] }, /targets\[0\]\.wieght/],
    ['an unknown key of retry', { provider: 'up-openai', retry: { times: 3 } }, /retry\.times/],
    ['an unknown mode', { strategy: { mode: 'roulette' }, targets: [{ provider: 'up-openai' }] }, /strategy\.mode/],
    [
      'a negative weight',
      { strategy: { mode: 'loadbalance' }, targets: [{ provider: 'up-openai', weight: -1 }] },
      /weight/,
    ],
    [
      'weights that are all 0',
      { strategy: { mode: 'loadbalance' }, targets: [{ provider: 'up-openai', weight: 0 }] },
      /above 0/,
    ],
    ['an unknown provider', { provider: 'nobody' }, /provider nobody is not known/],
    ['a target without provider', { targets: [{ api_key: 'k' }] }, /targets\[0\]\.provider/],
    ['retries without end', { provider: 'up-openai', retry: { attempts: 1000 } }, /retry\.attempts/],
    [
      'a status that is none',
      { provider: 'up-openai', retry: { attempts: 1, on_status_codes: ['x'] } },
      /on_status_codes/,
    ],
    ['no targets', { targets: [] }, /targets/],
  ];

  for (const [name, config, message] of INVALID) {
    it(`refuses ${name}`, async (t) => {
      const { providers, send } = await setUp(t);
      const answer = await send(config);
      assert.deepEqual([answer.status, answer.json.error.code], [400, 'invalid_header'], answer.text);
      assert.match(answer.json.error.message, message);
      assert.equal(providers.openai.requests.length, 0);
    });
  }

  it('is under the consumer’s permissions like any chain', async (t) => {
    const { send } = await setUp(t);
    const config = { targets: [{ provider: 'up-gemini', api_key: 'k' }] };
    const answer = await send(config, { authorization: `Bearer ${KEYS.narrow}` }, { model: 'to-openai' });
    assert.deepEqual([answer.status, answer.json.error.code], [403, 'model_not_allowed'], answer.text);
  });

  it('is refused by name where the environment does not take it', async (t) => {
    const { send, gateway } = await setUp(t, 'production');
    const key = { authorization: `Bearer ${KEYS.team}` };
    const answer = await send({ provider: 'up-openai', api_key: 'k' }, key);
    assert.deepEqual([answer.status, answer.json.error.code], [400, 'header_not_allowed']);
    assert.match(answer.json.error.message, /x-portkey-config/);
    for (const header of [
      'x-portkey-provider',
      'x-portkey-custom-host',
      'x-portkey-metadata',
      'cf-aig-metadata',
      'cf-aig-skip-cache',
    ]) {
      const refused = await post(gateway, '/v1/chat/completions', ask('gpt-4o'), { ...key, [header]: '1' });
      assert.deepEqual([refused.status, refused.json.error.code], [400, 'header_not_allowed'], header);
      assert.match(refused.json.error.message, new RegExp(header));
    }
  });
});

describe('other compatibility headers', () => {
  it('x-portkey-provider takes the caller’s key for that provider, for that call only', async (t) => {
    const { providers, gateway } = await setUp(t);
    const headers = { 'x-portkey-provider': 'up-openai', authorization: 'Bearer sk-callers-own' };
    const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o'), headers);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(providers.openai.requests[0]?.headers.authorization, 'Bearer sk-callers-own');
    await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.equal(providers.openai.requests[1]?.headers.authorization, 'Bearer sk-up-openai');
    assert.ok(!JSON.stringify(gateway.logged).includes('sk-callers-own'));
  });

  it('an unknown header of theirs is refused by name, the client’s own are ignored', async (t) => {
    const { gateway } = await setUp(t);
    const send = (headers: Readonly<Record<string, string>>) =>
      post(gateway, '/v1/chat/completions', ask('to-openai'), headers);
    assert.equal((await send({ 'x-portkey-package-version': '1', 'x-portkey-api-key': 'pk' })).status, 200);
    const refused = await send({ 'x-portkey-aws-region': 'eu' });
    assert.deepEqual([refused.status, refused.json.error.code], [400, 'header_not_allowed']);
  });

  it('Cloudflare’s metadata route like ours', async (t) => {
    const { gateway, providers } = await setUp(t);
    await gateway.close(0);
    const files = policyFiles(providers, {
      'topic.yaml':
        'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: topic }\nspec: { match: { metadata: { topic: [returns] } }, chain: only-gemini }\n',
    });
    const other = await startTestGateway(t, files, { env: SECRETS });
    const headers = { 'cf-aig-metadata': '{"topic":"returns"}', 'cf-aig-skip-cache': 'true', 'cf-aig-cache-ttl': '60' };
    const answer = await post(other, '/v1/chat/completions', ask('gpt-4o'), headers);
    assert.equal(answer.headers.get('x-signalbox-route'), 'topic', answer.text);
  });
});

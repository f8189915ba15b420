import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  supportedAuthKinds,
  supportedDialects,
  type Upstream,
  unsupportedProviders,
} from '../../src/upstream/index.ts';
import { writeUrl } from '../../src/upstream/write-url.ts';
import { chatAnswer, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { callOf, failureOf, HELLO, jsonOf, planOf, planTarget, trailOf, upstreamOf } from './harness.ts';

const key = { id: 'env:KEY', source: 'env' as const, name: 'KEY', optional: false };
const KEY = 'sk-upstream';

describe('what goes out', () => {
  let server: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    server = await startScriptedUpstream();
    server.otherwise(chatAnswer('Hi'));
    upstream = upstreamOf({ env: { KEY, ORG: 'org-1' } });
  });
  after(async () => {
    await upstream.close();
    await server.close();
  });

  async function sent(fields: Parameters<typeof callOf>[1], target: Partial<Parameters<typeof planTarget>[1]> = {}) {
    const executed = await upstream.execute(
      callOf(planOf([planTarget('premium/gpt', { url: server.url, ...target })]), fields),
    );
    assert.equal(executed.kind, 'json', JSON.stringify(executed));
    const request = server.requests.at(-1);
    assert.ok(request !== undefined);
    return request;
  }

  it('is the caller’s own body byte for byte where policy changes nothing', async () => {
    const text =
      '{ "model":"gpt-4o-2024-11-20",\n  "messages":[{"role":"user","content":"Gr\\u00fc\\u00dfe"}], "unknown_field": 1.0 }';
    const { bytes, path, method } = await sent({ text });
    assert.equal(bytes.toString('utf8'), text);
    assert.equal(path, '/v1/chat/completions');
    assert.equal(method, 'POST');
  });

  it('is the same body but for what policy changes', async () => {
    const text =
      '{ "model":"gpt-4o", "messages":[{"role":"user","content":"Gr\\u00fc\\u00dfe"}], "unknown_field": 1.0 }';
    const { bytes } = await sent({ text });
    assert.equal(bytes.toString('utf8'), text.replace('"gpt-4o"', '"gpt-4o-2024-11-20"'));
  });

  it('holds one model even when the caller hid a second one', async () => {
    const text = '{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"mod\\u0065l":"gpt-4o-2024-11-20"}';
    const { bytes } = await sent({ text });
    assert.equal(bytes.toString('utf8').match(/mod/g)?.length, 1);
  });

  for (const { kind, auth, header, value } of [
    {
      kind: 'bearer',
      auth: { kind: 'bearer' as const, header: null, secrets: [key] },
      header: 'authorization',
      value: `Bearer ${KEY}`,
    },
    {
      kind: 'header',
      auth: { kind: 'header' as const, header: 'X-Goog-Api-Key', secrets: [key] },
      header: 'x-goog-api-key',
      value: KEY,
    },
    { kind: 'azure', auth: { kind: 'azure' as const, header: null, secrets: [key] }, header: 'api-key', value: KEY },
  ]) {
    it(`carries the key as ${kind} asks`, async () => {
      const { headers } = await sent({}, { auth });
      assert.equal(headers[header], value);
    });
  }

  it('never carries the caller’s key, cookie or address', async () => {
    const headers = {
      authorization: 'Bearer sbx_caller',
      'x-api-key': 'sbx_caller',
      'api-key': 'sbx_caller',
      'x-goog-api-key': 'sbx_caller',
      cookie: 'session=1',
      'x-forwarded-for': '10.0.0.1',
      'openai-organization': 'org-of-the-caller',
      'anthropic-beta': 'not for this dialect',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'idempotency-key': 'once',
      'openai-beta': 'assistants=v2',
    };
    const { headers: got } = await sent({ headers });
    const text = JSON.stringify(got);
    assert.doesNotMatch(text, /sbx_caller|session=1|10\.0\.0\.1|org-of-the-caller|anthropic/);
    assert.equal(got.traceparent, headers.traceparent);
    assert.equal(got['idempotency-key'], 'once');
    assert.equal(got['openai-beta'], 'assistants=v2');
  });

  it('carries the provider’s own headers, secret ones too, and leaves out those without a value', async () => {
    const headers = [
      { name: 'OpenAI-Organization', value: { id: 'env:ORG', source: 'env' as const, name: 'ORG', optional: true } },
      { name: 'X-None', value: { id: 'env:NONE', source: 'env' as const, name: 'NONE', optional: true } },
      { name: 'X-Plain', value: 'text' },
    ];
    const { headers: got } = await sent({}, { provider: { headers } });
    assert.equal(got['openai-organization'], 'org-1');
    assert.equal(got['x-plain'], 'text');
    assert.ok(!('x-none' in got));
  });

  it('joins beta headers of policy and caller, and lets the caller choose the version, in one dialect', async () => {
    server.enqueue({
      body: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [{ type: 'text', text: 'Hi' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    });
    const { headers, path } = await sent(
      {
        dialect: 'anthropic-messages',
        endpoint: 'messages',
        body: { ...HELLO, max_tokens: 10 },
        headers: { 'anthropic-beta': 'b-2, a-1', 'anthropic-version': '2024-01-01' },
      },
      {
        dialect: 'anthropic-messages',
        provider: {
          headers: [
            { name: 'anthropic-beta', value: 'a-1' },
            { name: 'anthropic-version', value: '2023-06-01' },
          ],
        },
      },
    );
    assert.equal(headers['anthropic-beta'], 'a-1,b-2');
    assert.equal(headers['anthropic-version'], '2024-01-01');
    assert.equal(path, '/v1/messages');
  });

  it('uses a key that stands in for the policy’s, for this call only', async () => {
    const auth = { kind: 'bearer' as const, header: null, secrets: [key] };
    const { headers } = await sent({ keyFor: () => 'sk-of-the-caller' }, { auth });
    assert.equal(headers.authorization, 'Bearer sk-of-the-caller');
  });

  it('follows the provider’s own path, query and model prefix', async () => {
    const { path, json } = await sent(
      {},
      {
        quirks: {
          path: '/deployments/{model}/chat',
          query: { 'api-version': '2024-10-21' },
          modelPrefix: 'accounts/x/',
        },
      },
    );
    assert.equal(path, '/v1/deployments/accounts%2Fx%2Fgpt-4o-2024-11-20/chat?api-version=2024-10-21');
    assert.equal(json.model, 'accounts/x/gpt-4o-2024-11-20');
  });

  for (const { systemRole, expected } of [
    { systemRole: 'system' as const, expected: ['system', 'user'] },
    { systemRole: null, expected: ['developer', 'user'] },
  ]) {
    it(`has instructions under the role ${systemRole ?? 'that the caller chose'}`, async () => {
      const messages = [
        { role: 'developer', content: 'Be short.' },
        { role: 'user', content: 'Hi' },
      ];
      const text = JSON.stringify({ model: 'gpt-4o-2024-11-20', messages });
      const { json } = await sent({ text }, { quirks: { systemRole } });
      assert.deepEqual(
        (json.messages as { role: string }[]).map(({ role }) => role),
        expected,
      );
    });
  }

  it('gives the caller the provider’s rate limits and request ids, and nothing else', async () => {
    server.enqueue({
      ...chatAnswer('Hi'),
      headers: {
        'x-request-id': 'r-1',
        'x-ratelimit-remaining-requests': '9',
        'set-cookie': 'a=b',
        server: 'nginx',
        'openai-organization': 'org-1',
      },
    });
    const executed = await upstream.execute(callOf(planOf([planTarget('premium/gpt', { url: server.url })])));
    assert.ok(executed.kind === 'json');
    assert.deepEqual(executed.headers, { 'x-request-id': 'r-1', 'x-ratelimit-remaining-requests': '9' });
  });

  it('of another endpoint passes through, with usage read and errors seen', async () => {
    const embedding = {
      object: 'list',
      data: [{ index: 0, embedding: [0.5] }],
      model: 'm',
      usage: { prompt_tokens: 4, total_tokens: 4 },
    };
    server.enqueue({ body: embedding });
    const plan = planOf([planTarget('premium/gpt', { url: server.url })]);
    const body = { model: 'text-embedding-3-small', input: 'hello' };
    const executed = await upstream.execute(callOf(plan, { endpoint: 'embeddings', body }));
    assert.deepEqual(jsonOf(executed), embedding);
    assert.ok(executed.kind === 'json');
    assert.equal(executed.usage.input, 4);
    assert.equal(executed.response, null);
    server.enqueue({ body: { error: { message: 'overloaded', type: 'server_error' } } });
    assert.equal(
      failureOf(await upstream.execute(callOf(plan, { endpoint: 'embeddings', body }))).error.code,
      'chain_exhausted',
    );
  });
});

describe('a target that cannot take the request', () => {
  let server: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    server = await startScriptedUpstream();
    server.otherwise(chatAnswer('Hi'));
    upstream = upstreamOf();
  });
  after(async () => {
    await upstream.close();
    await server.close();
  });

  const gpt = () => planTarget('premium/gpt', { url: server.url });
  const claude = () => planTarget('premium/claude', { url: server.url, dialect: 'anthropic-messages' });
  const SEEDED = { ...HELLO, seed: 7 };

  it('is skipped for want of its secret, with the reason', async () => {
    const target = planTarget('premium/first', {
      url: server.url,
      auth: { kind: 'bearer', header: null, secrets: [key] },
    });
    const executed = await upstream.execute(callOf(planOf([target, gpt()])));
    assert.ok(executed.kind === 'json');
    assert.equal(executed.fallback, 'secret-missing');
    assert.deepEqual(
      executed.skipped.map(({ id, reason, detail }) => [id, reason, detail]),
      [['premium/first', 'secret-missing', 'the environment variable KEY is not set']],
    );
    const { error } = failureOf(await upstream.execute(callOf(planOf([target]))));
    assert.equal(error.code, 'chain_exhausted');
    assert.match(error.message, /premium\/first secret-missing \(the environment variable KEY is not set\)/);
  });

  it('is skipped without the credentials of its cloud, with the reason', async () => {
    const auth = {
      kind: 'entra' as const,
      header: null,
      secrets: [{ id: 'env:NONE', source: 'env' as const, name: 'NONE', optional: false }],
    };
    const entra = planTarget('premium/azure', { url: server.url, auth });
    const executed = await upstream.execute(callOf(planOf([entra, gpt()])));
    assert.ok(executed.kind === 'json');
    assert.deepEqual(
      executed.skipped.map(({ reason, detail }) => [reason, detail]),
      [['secret-missing', 'the environment variable NONE is not set']],
    );
    assert.deepEqual([...unsupportedProviders([entra.provider, gpt().provider])], []);
    assert.deepEqual([...supportedAuthKinds()].sort(), ['aws', 'azure', 'bearer', 'entra', 'google', 'header', 'none']);
    assert.ok(supportedDialects().includes('sandbox') && supportedDialects().includes('openai-chat'));
  });

  it('refuses a parameter it cannot express, naming it, under `reject`', async () => {
    const route = { prompt: { prepend: null, append: null }, unsupportedParams: 'reject' as const };
    const { error } = failureOf(await upstream.execute(callOf(planOf([claude()]), { body: SEEDED, route })));
    assert.equal(error.code, 'unsupported_parameter');
    assert.equal(error.field, 'seed');
    assert.match(error.message, /seed: premium\/claude cannot express this parameter/);
  });

  it('is passed over as a fallback under `reject`: nothing is dropped in silence', async () => {
    const route = { prompt: { prepend: null, append: null }, unsupportedParams: 'reject' as const };
    server.enqueue({ status: 500, body: {} });
    const executed = await upstream.execute(
      callOf(planOf([gpt(), claude(), planTarget('premium/last', { url: server.url })]), { body: SEEDED, route }),
    );
    assert.ok(executed.kind === 'json');
    assert.deepEqual(trailOf(executed.attempts), ['premium/gpt server-error 500', 'premium/last ok 200']);
    assert.deepEqual(
      executed.skipped.map(({ id }) => id),
      ['premium/claude'],
    );
  });

  it('is passed over from the start under `requireParameters`', async () => {
    const route = { prompt: { prepend: null, append: null }, unsupportedParams: 'requireParameters' as const };
    const executed = await upstream.execute(callOf(planOf([claude(), gpt()]), { body: SEEDED, route }));
    assert.ok(executed.kind === 'json');
    assert.equal(executed.target.id, 'premium/gpt');
    assert.equal(executed.fallback, 'capability-missing');
    const none = failureOf(await upstream.execute(callOf(planOf([claude()]), { body: SEEDED, route })));
    assert.equal(none.error.code, 'unsupported_parameter');
  });

  it('drops the parameter and says so under `drop`', async () => {
    server.enqueue({
      body: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [{ type: 'text', text: 'Hi' }],
        stop_reason: 'end_turn',
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    });
    const executed = await upstream.execute(callOf(planOf([claude()]), { body: SEEDED }));
    assert.ok(executed.kind === 'json');
    assert.deepEqual(executed.dropped, ['seed']);
    assert.equal(executed.bytes, null);
    assert.deepEqual(executed.response?.choices[0]?.content, [{ kind: 'text', text: 'Hi' }]);
  });
});

describe('the address of a call', () => {
  const quirks = {
    renameParams: {},
    dropParams: [],
    maxStopSequences: null,
    query: {},
    path: null,
    streamPath: null,
    modelInPath: false,
    fields: {},
    efforts: {},
    parts: {},
    modelPrefix: '',
    noStreamOptions: false,
    systemRole: null,
    other: {},
  };
  for (const { baseUrl, path, query = {}, expected } of [
    {
      baseUrl: 'https://api.openai.com/v1',
      path: '/chat/completions',
      expected: ['https://api.openai.com', '/v1/chat/completions'],
    },
    {
      baseUrl: 'https://api.openai.com/v1/',
      path: '/chat/completions',
      expected: ['https://api.openai.com', '/v1/chat/completions'],
    },
    { baseUrl: 'http://localhost:11434', path: '/api', expected: ['http://localhost:11434', '/api'] },
    {
      baseUrl: 'https://x.example/v1?team=a',
      path: '/m:generate',
      query: { alt: 'sse' },
      expected: ['https://x.example', '/v1/m:generate?team=a&alt=sse'],
    },
  ]) {
    it(`${baseUrl} and ${path} give ${expected.join('')}`, () => {
      const url = writeUrl({ baseUrl, quirks }, { path, query }, 'm', 'whole');
      assert.deepEqual([url.origin, url.path], expected);
    });
  }
});

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'node:test';
import { ask, PROVIDER_NAMES, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANSWERS, OPENAI } from './provider-answers.ts';

/** Each dialect's path, a good body, and where its error body holds our code. */
const DIALECTS = [
  {
    name: 'OpenAI',
    path: '/v1/chat/completions',
    unserved: '/v1/audio/nothing',
    body: ask('gpt-4o'),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => json.error.code,
  },
  {
    name: 'Anthropic',
    path: '/v1/messages',
    unserved: '/v1/messages/batches',
    body: ask('gpt-4o', { max_tokens: 9 }),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => (json.type === 'error' ? json.error.code : undefined),
  },
  {
    name: 'Gemini',
    path: '/v1beta/models/gpt-4o:generateContent',
    unserved: '/v1beta/models/gpt-4o:predict',
    body: { contents: [{ parts: [{ text: 'Hello' }] }] },
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => json.error.details[0].reason,
  },
  {
    name: 'Responses',
    path: '/v1/responses',
    unserved: '/v1/audio/nothing',
    body: { model: 'gpt-4o', input: 'Hello' },
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => json.error.code,
  },
  {
    name: 'completions',
    path: '/v1/completions',
    unserved: '/v1/audio/nothing',
    body: { model: 'gpt-4o', prompt: 'Hello' },
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => json.error.code,
  },
  {
    name: 'Cohere',
    path: '/v2/chat',
    unserved: null,
    body: ask('gpt-4o'),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => (typeof json.message === 'string' ? json.code : undefined),
  },
  {
    name: 'Ollama',
    path: '/api/chat',
    unserved: null,
    body: ask('gpt-4o'),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => (typeof json.error === 'string' ? json.code : undefined),
  },
  {
    name: 'Anthropic, counting',
    path: '/v1/messages/count_tokens',
    unserved: '/v1/messages/batches',
    body: ask('gpt-4o'),
    // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
    codeOf: (json: any) => (json.type === 'error' ? json.error.code : undefined),
  },
] as const;

describe('errors come in the caller’s dialect', () => {
  for (const { name, path, unserved, body, codeOf } of DIALECTS) {
    it(`${name}: every status with its code`, async (t) => {
      const providers = await startProviders(t);
      const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS, maxBodyBytes: 128 * 1024 });
      const big = { ...body, padding: 'x'.repeat(70_000) };
      const huge = { ...body, padding: 'x'.repeat(140_000) };
      const unknown = { authorization: 'Bearer sbx_unknown_0000000000000000000000000000' };
      const cases = [
        [path, 'not json', {}, 400, 'invalid_request'],
        [path, '[]', {}, 400, 'invalid_request'],
        [path, '', {}, 400, 'invalid_request'],
        [path, '{}', {}, 400, 'invalid_request'],
        [path, body, { 'x-signalbox-metadata': '{"a":[]}' }, 400, 'invalid_header'],
        [path, body, { 'content-encoding': 'gzip' }, 400, 'invalid_request'],
        [path, body, unknown, 401, 'invalid_api_key'],
        [path, big, {}, 413, 'request_too_large'],
        [path, huge, {}, 413, 'request_too_large'],
        ...(unserved === null ? [] : [[unserved, body, {}, 404, 'not_found'] as const]),
      ] as const;
      for (const [to, sent, headers, status, code] of cases) {
        const answer = await post(gateway, to, sent, headers);
        const at = `${to} ${JSON.stringify(sent).slice(0, 40)} ${answer.text}`;
        assert.equal(answer.status, status, at);
        assert.equal(answer.headers.get('x-signalbox-error'), code, at);
        assert.equal(codeOf(answer.json), code, at);
        assert.match(answer.headers.get('x-signalbox-request-id') ?? '', /^req_/, at);
        assert.match(answer.headers.get('x-signalbox-revision') ?? '', /^[0-9a-f]{12}$/, at);
      }
      const wrong = await fetch(gateway.url + path, { method: 'PUT', body: '{}' });
      assert.equal(wrong.status, 405);
      assert.match(wrong.headers.get('allow') ?? '', /POST/);
      assert.equal(codeOf(await wrong.json()), 'method_not_allowed');
    });
  }

  it('an unknown path says what was asked for', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers));
    const answer = await post(gateway, '/v3/nothing', {});
    assert.equal(answer.status, 404);
    assert.match(answer.json.error.message, /POST \/v3\/nothing/);
  });

  it('a path that is no valid URL is a 400, not a crash', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers));
    const status = await new Promise((resolve, reject) => {
      const call = request(gateway.url, { method: 'POST', path: '/v1beta/models/%zz:generateContent' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on('error', reject);
      call.end('{}');
    });
    assert.ok(status === 400 || status === 404, String(status));
  });

  it('a body nested a million levels deep is refused, and the gateway lives', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1beta/models/x:generateContent']) {
      const deep = `{"messages":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`;
      const answer = await post(gateway, path, deep);
      assert.ok([400, 413].includes(answer.status), `${answer.status} ${answer.text}`);
    }
    assert.equal((await post(gateway, '/v1/chat/completions', ask('gpt-4o'))).status, 200);
  });

  it('an error never quotes the prompt', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const answer = await post(gateway, '/v1/chat/completions', '{"model": "gpt-4o", "messages": [ my secret plan');
    assert.equal(answer.status, 400);
    assert.doesNotMatch(answer.text, /secret plan/);
    assert.doesNotMatch(JSON.stringify(gateway.logged), /secret plan/);
  });
});

describe('a body nested ten thousand levels deep', () => {
  const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
  const places: readonly (readonly [string, (value: string) => string])[] = [
    ['/v1/responses', (value) => `{"model":"to-anthropic","input":${value}}`],
    [
      '/v1/responses',
      (value) =>
        `{"model":"to-anthropic","input":"x","tools":[{"type":"function","name":"f","parameters":{"a":${value}}}]}`,
    ],
    ['/v2/chat', (value) => `{"model":"to-openai","messages":${value}}`],
    ['/v2/chat', (value) => `{"model":"to-openai","messages":[{"role":"user","content":${value}}]}`],
    ['/api/chat', (value) => `{"model":"to-openai","messages":[{"role":"assistant","tool_calls":${value}}]}`],
    [
      '/api/chat',
      (value) => `{"model":"to-openai","messages":[{"role":"user","content":"x"}],"format":{"a":${value}}}`,
    ],
    ['/v1/completions', (value) => `{"model":"to-openai","prompt":${value}}`],
    ['/v1/messages/count_tokens', (value) => `{"model":"to-gemini","messages":[{"role":"user","content":${value}}]}`],
  ];
  for (const [at, [path, body]] of places.entries()) {
    it(`at ${path}, place ${at + 1}, is refused with the field`, async (t) => {
      const providers = await startProviders(t);
      const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
      for (const name of PROVIDER_NAMES) providers[name].otherwise(ANSWERS[name].whole);
      const answer = await post(gateway, path, body(deep));
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.headers.get('x-signalbox-error'), 'invalid_request');
      assert.match(answer.text, /(input|tools|messages|format|prompt): expected at most 512 levels/);
      assert.deepEqual(
        gateway.logged.filter(({ level }) => level === 'error'),
        [],
      );
    });
  }
});

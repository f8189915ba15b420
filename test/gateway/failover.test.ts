import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Script } from '../support/scripted-upstream.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANTHROPIC, GEMINI, OPENAI } from './provider-answers.ts';

/** Every way a provider fails before its first content, and the reason the answer's header then gives. */
const FAILURES: readonly (readonly [string, Script, string])[] = [
  ['a 429', OPENAI.error(429), 'rate-limit'],
  ['a 401', OPENAI.error(401), 'auth'],
  ['a 403', OPENAI.error(403), 'auth'],
  ['a 500', OPENAI.error(500), 'server-error'],
  ['a reset', { before: 'reset' }, 'network'],
  ['malformed JSON', { body: '{"choices": [' }, 'malformed'],
  ['an HTML page', { body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } }, 'malformed'],
  ['an empty body', { body: '' }, 'malformed'],
];

const STREAM_FAILURES: readonly (readonly [string, Script, string])[] = [
  [
    'an error event at the head',
    { chunks: ['data: {"error":{"message":"overloaded","type":"server_error"}}\n\n'] },
    'server-error',
  ],
  ['a cut before content', { chunks: [OPENAI.firstContent[0] ?? '', 'reset'] }, 'network'],
];

describe('before the first content any failure falls back', () => {
  for (const stream of [false, true]) {
    for (const [name, script, reason] of stream ? [...FAILURES, ...STREAM_FAILURES] : FAILURES) {
      it(`${name}, ${stream ? 'streaming' : 'whole'}`, async (t) => {
        const providers = await startProviders(t);
        const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
        providers.openai.otherwise(script);
        providers.anthropic.otherwise(stream ? ANTHROPIC.stream : ANTHROPIC.whole);
        const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o', { stream }));
        assert.equal(answer.status, 200, answer.text);
        assert.equal(answer.headers.get('x-signalbox-target'), 'all/anthropic');
        assert.equal(answer.headers.get('x-signalbox-provider'), 'up-anthropic');
        assert.equal(answer.headers.get('x-signalbox-attempts'), '2');
        assert.equal(answer.headers.get('x-signalbox-fallback'), reason);
        assert.match(answer.text, /Hi/);
      });
    }
  }

  it('a chain that has nothing left answers with the last status and the trail of attempts', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    providers.openai.otherwise(OPENAI.error(500));
    providers.anthropic.otherwise(ANTHROPIC.error(401));
    providers.gemini.otherwise(GEMINI.error(503));
    const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o'));
    assert.equal(answer.status, 503);
    assert.equal(answer.json.error.code, 'chain_exhausted');
    assert.match(answer.text, /all\/openai.*all\/anthropic.*all\/gemini/s);
    assert.equal(answer.headers.get('x-signalbox-attempts'), '3');
    assert.equal(answer.headers.get('x-signalbox-route'), 'default');
  });

  it('a target whose secret is missing is skipped, and the headers say so', async (t) => {
    const providers = await startProviders(t);
    const { UP_OPENAI_KEY: _, ...env } = SECRETS;
    const gateway = await startTestGateway(t, policyFiles(providers), { env });
    providers.anthropic.otherwise(ANTHROPIC.whole);
    const answer = await post(gateway, '/v1/chat/completions', ask('gpt-4o'));
    assert.equal(answer.headers.get('x-signalbox-target'), 'all/anthropic');
    assert.equal(answer.headers.get('x-signalbox-fallback'), 'secret-missing');
    assert.equal(answer.headers.get('x-signalbox-skipped'), 'all/openai secret-missing env:UP_OPENAI_KEY');
    const [warned] = gateway.logged.filter(({ level }) => level === 'warn');
    assert.deepEqual(warned?.fields, {
      problem: 'the environment variable UP_OPENAI_KEY is not set',
      targets: 'all/openai, only-openai/openai',
    });
  });
});

describe('after the first content nothing falls back', () => {
  it('the stream ends with an explicit error event and without its normal terminator', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const callers = [
      ['/v1/chat/completions', ask('gpt-4o', { stream: true }), /"code":"stream_interrupted"/, /\[DONE\]/],
      [
        '/v1/messages',
        ask('gpt-4o', { stream: true, max_tokens: 9 }),
        /event: error\ndata: .*stream_interrupted/,
        /message_stop/,
      ],
      [
        '/v1beta/models/gpt-4o:streamGenerateContent?alt=sse',
        { contents: [{ parts: [{ text: 'Hello' }] }] },
        /"error":\{.*stream_interrupted/,
        /"finishReason"/,
      ],
    ] as const;
    for (const [path, body, error, terminator] of callers) {
      providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'reset'] });
      const answer = await post(gateway, path, body);
      assert.equal(answer.status, 200);
      assert.match(answer.text, /Hi/);
      assert.match(answer.text, error);
      assert.doesNotMatch(answer.text, terminator);
      assert.equal(answer.headers.get('x-signalbox-target'), 'all/openai');
    }
    assert.equal(providers.anthropic.requests.length, 0);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Upstream } from '../../src/upstream/index.ts';
import { findFreePort } from '../support/free-port.ts';
import {
  type Answer,
  chatAnswer,
  chatChunk,
  chatFrames,
  type ScriptedUpstream,
  sse,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts';
import { callOf, failureOf, HELLO, jsonOf, planOf, planTarget, take, trailOf, upstreamOf } from './harness.ts';

interface Case {
  readonly name: string;
  readonly answer: Answer;
  readonly stream?: boolean;
  readonly outcome: string;
  readonly fallback: string;
}

const error = (status: number, message: string, more: object = {}): Answer => ({
  status,
  body: { error: { message, type: 'some_error', ...more } },
});
const role = chatChunk({ role: 'assistant', content: '' });

const CASES: readonly Case[] = [
  { name: 'a 429', answer: error(429, 'slow down'), outcome: 'rate-limit 429', fallback: 'rate-limit' },
  { name: 'a 401', answer: error(401, 'bad key'), outcome: 'auth 401', fallback: 'auth' },
  { name: 'a 403', answer: error(403, 'no'), outcome: 'auth 403', fallback: 'auth' },
  { name: 'a 500', answer: error(500, 'oops'), outcome: 'server-error 500', fallback: 'server-error' },
  {
    name: 'a 503 with an HTML page',
    answer: { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>' },
    outcome: 'server-error 503',
    fallback: 'server-error',
  },
  { name: 'a reset before the headers', answer: { before: 'reset' }, outcome: 'network', fallback: 'network' },
  {
    name: 'a reset within a JSON body',
    answer: { headers: { 'content-type': 'application/json' }, chunks: ['{"id":', 'reset'] },
    outcome: 'network 200',
    fallback: 'network',
  },
  { name: 'malformed JSON', answer: { body: '{"choices": [' }, outcome: 'malformed 200', fallback: 'malformed' },
  {
    name: 'JSON of another shape',
    answer: { body: { hello: 'world' } },
    outcome: 'malformed 200',
    fallback: 'malformed',
  },
  {
    name: 'an HTML page with status 200',
    answer: { headers: { 'content-type': 'text/html' }, body: '<!doctype html><p>Login' },
    outcome: 'malformed 200',
    fallback: 'malformed',
  },
  {
    name: 'plain text with status 200',
    answer: { body: 'upstream connect error' },
    outcome: 'malformed 200',
    fallback: 'malformed',
  },
  { name: 'an empty body', answer: { body: '' }, outcome: 'malformed 200', fallback: 'malformed' },
  {
    name: 'an error inside a 200',
    answer: { body: { error: { message: 'overloaded', type: 'server_error' } } },
    outcome: 'server-error 200',
    fallback: 'server-error',
  },
  {
    name: 'a redirect',
    answer: { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' },
    outcome: 'malformed 302',
    fallback: 'malformed',
  },
  {
    name: 'a broken content encoding',
    answer: { headers: { 'content-encoding': 'gzip' }, body: 'no gzip' },
    outcome: 'malformed 200',
    fallback: 'malformed',
  },
  {
    name: 'an unknown content encoding',
    answer: { headers: { 'content-encoding': 'rot13' }, body: '{}' },
    outcome: 'malformed 200',
    fallback: 'malformed',
  },
  {
    name: 'an error event at the head of a stream',
    stream: true,
    answer: { chunks: sse({ error: { message: 'overloaded', type: 'server_error' } }) },
    outcome: 'server-error 200',
    fallback: 'server-error',
  },
  {
    name: 'an error event behind lifecycle events',
    stream: true,
    answer: { chunks: [': ping\n\n', ...sse(role, { error: { message: 'rate limit', code: 'rate_limit_exceeded' } })] },
    outcome: 'rate-limit 200',
    fallback: 'rate-limit',
  },
  {
    name: 'a stream that ends without content',
    stream: true,
    answer: { chunks: [': ping\n\n', ...sse(role)] },
    outcome: 'stream-error 200',
    fallback: 'stream-error',
  },
  { name: 'an empty stream', stream: true, answer: { chunks: [] }, outcome: 'malformed 200', fallback: 'malformed' },
  {
    name: 'a reset behind lifecycle events',
    stream: true,
    answer: { chunks: [...sse(role), 'reset'] },
    outcome: 'network 200',
    fallback: 'network',
  },
  {
    name: 'an event that is not JSON',
    stream: true,
    answer: { chunks: sse('{"choices": [') },
    outcome: 'malformed 200',
    fallback: 'malformed',
  },
  {
    name: 'a 429 to a stream',
    stream: true,
    answer: error(429, 'slow down'),
    outcome: 'rate-limit 429',
    fallback: 'rate-limit',
  },
  {
    name: 'an HTML page to a stream',
    stream: true,
    answer: { headers: { 'content-type': 'text/html' }, body: '<html>' },
    outcome: 'malformed 200',
    fallback: 'malformed',
  },
];

describe('before the first content', () => {
  let bad: ScriptedUpstream;
  let good: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    bad = await startScriptedUpstream();
    good = await startScriptedUpstream();
    upstream = upstreamOf();
  });
  after(async () => {
    await upstream.close();
    await bad.close();
    await good.close();
  });

  for (const { name, answer, stream = false, outcome, fallback } of CASES) {
    it(`${name} falls back`, async () => {
      bad.enqueue(answer);
      good.enqueue(stream ? { chunks: chatFrames('Hi', ' there') } : chatAnswer('Hi there'));
      const plan = planOf([
        planTarget('premium/gpt', { url: bad.url }),
        planTarget('premium/claude', { url: good.url }),
      ]);
      const executed = await upstream.execute(callOf(plan, { body: { ...HELLO, stream } }));
      if (stream) {
        assert.match((await take(executed)).text, /" there"/);
      } else {
        assert.equal(jsonOf(executed).choices[0].message.content, 'Hi there');
      }
      assert.ok(executed.kind === 'json' || executed.kind === 'stream');
      assert.equal(executed.fallback, fallback);
      assert.equal(executed.target.id, 'premium/claude');
      assert.equal(trailOf(executed.attempts)[0], `premium/gpt ${outcome}`);
    });
  }

  it('a refused connection falls back', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`;
    good.enqueue(chatAnswer('Hi'));
    const plan = planOf([planTarget('premium/gpt', { url }), planTarget('premium/claude', { url: good.url })]);
    const executed = await upstream.execute(callOf(plan));
    assert.equal(jsonOf(executed).choices[0].message.content, 'Hi');
    assert.ok(executed.kind === 'json');
    assert.deepEqual(trailOf(executed.attempts), ['premium/gpt network', 'premium/claude ok 200']);
  });

  it('a name that does not exist falls back', async () => {
    good.enqueue(chatAnswer('Hi'));
    const plan = planOf([
      planTarget('premium/gpt', { url: 'http://does-not-exist.invalid' }),
      planTarget('premium/claude', { url: good.url }),
    ]);
    const executed = await upstream.execute(callOf(plan));
    assert.ok(executed.kind === 'json');
    assert.equal(trailOf(executed.attempts)[0], 'premium/gpt network');
  });

  it('an HTTPS server with a certificate nobody knows falls back', async () => {
    good.enqueue(chatAnswer('Hi'));
    const plan = planOf([
      planTarget('premium/gpt', { url: good.url.replace('http:', 'https:') }),
      planTarget('premium/claude', { url: good.url }),
    ]);
    const executed = await upstream.execute(callOf(plan));
    assert.ok(executed.kind === 'json');
    assert.equal(trailOf(executed.attempts)[0], 'premium/gpt network');
  });

  it('a refused request ends the chain with the provider’s own words and status', async () => {
    bad.enqueue(error(422, 'temperature must be below 2'));
    const plan = planOf([planTarget('premium/gpt', { url: bad.url }), planTarget('premium/claude', { url: good.url })]);
    const { error: refused } = failureOf(await upstream.execute(callOf(plan)));
    assert.equal(refused.code, 'upstream_rejected');
    assert.equal(refused.status, 422);
    assert.equal(refused.message, 'temperature must be below 2');
  });

  it('an exhausted chain says what every attempt did', async () => {
    bad.enqueue(error(500, 'secret prompt text'), { status: 429, headers: { 'retry-after': '7' }, body: '{}' });
    const plan = planOf([planTarget('premium/gpt', { url: bad.url }), planTarget('premium/claude', { url: bad.url })]);
    const failed = failureOf(await upstream.execute(callOf(plan)));
    assert.equal(failed.error.code, 'chain_exhausted');
    assert.equal(failed.error.status, 429);
    assert.equal(failed.error.retryAfterMs, 7000);
    assert.deepEqual(failed.error.attempts, [
      { target: 'premium/gpt', outcome: 'server-error', status: 500 },
      { target: 'premium/claude', outcome: 'rate-limit', status: 429 },
    ]);
    assert.equal(failed.headers['retry-after'], '7');
    assert.doesNotMatch(failed.error.message, /secret/);
  });

  it('encodings that nobody asked for are undone', async () => {
    const whole = chatAnswer('Hi') as { body: object };
    good.enqueue(
      { headers: { 'content-encoding': 'gzip' }, body: gzipSync(JSON.stringify(whole.body)) },
      { headers: { 'content-encoding': 'gzip' }, chunks: [gzipSync(chatFrames('Hi').join(''))] },
    );
    const plan = planOf([planTarget('premium/gpt', { url: good.url })]);
    assert.equal(jsonOf(await upstream.execute(callOf(plan))).choices[0].message.content, 'Hi');
    const streamed = await take(await upstream.execute(callOf(plan, { body: { ...HELLO, stream: true } })));
    assert.equal(streamed.end.complete, true);
    assert.match(streamed.text, /"Hi"/);
    assert.equal(good.requests.at(-1)?.headers['accept-encoding'], 'identity');
  });
});

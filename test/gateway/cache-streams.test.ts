import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { chatAnswer, chatChunk, sse, usageChunk } from '../support/scripted-upstream.ts';
import { until } from '../support/start-redis.ts';
import { cacheFiles } from './cache-policies.ts';
import { ask, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';

const PIECE = 'word '.repeat(50 * 1024);
const MIB = 1024 * 1024;
const body = JSON.stringify({ ...ask('faq'), stream: true });

/** A stream of so many MiB of text. */
const long = (mib: number) => {
  const texts = Array.from({ length: Math.ceil((mib * MIB) / PIECE.length) }, () => chatChunk({ content: PIECE }));
  return {
    chunks: sse(chatChunk({ role: 'assistant', content: '' }), ...texts, chatChunk({}, 'stop'), usageChunk, '[DONE]'),
  };
};

async function start(t: TestContext, spec: string) {
  const providers = await startProviders(t);
  const gateway = await startTestGateway(t, cacheFiles(providers, spec), { env: SECRETS });
  return { providers, gateway };
}

/** A caller that asks and reads nothing until it is told to. */
async function slowReader(t: TestContext, { url }: TestGateway): Promise<Socket> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1' });
  t.after(() => socket.destroy());
  socket.pause();
  await once(socket, 'connect');
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return socket;
}

/** Everything that comes until the connection ends. */
async function rest(socket: Socket): Promise<string> {
  const parts: Buffer[] = [];
  socket.on('error', () => undefined);
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.resume();
  await once(socket, 'close');
  return Buffer.concat(parts).toString('latin1');
}

const fast = async ({ url }: TestGateway) => {
  const answer = await fetch(`${url}/v1/chat/completions`, { method: 'POST', body });
  return { said: answer.headers.get('x-signalbox-cache'), text: await answer.text() };
};
const words = (text: string) => text.match(/word /g)?.length ?? 0;

/** Whether the provider has been held back: nothing more has gone out for a while. */
async function isHeldBack(bytes: () => number): Promise<void> {
  let [last, still] = [-1, 0];
  await until(async () => {
    const now = bytes();
    still = now > 0 && now === last ? still + 1 : 0;
    last = now;
    return still >= 10;
  });
}

describe('readers that share a stream', () => {
  it('a slow one holds the provider back while it is alone, and loses nothing', async (t) => {
    const { providers, gateway } = await start(t, 'mode: exact, ttl: 1h, maxEntrySize: 1MiB');
    const script = long(14);
    const total = script.chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
    providers.openai.otherwise(script);
    const slow = await slowReader(t, gateway);
    await providers.openai.whenRequested(1);
    await isHeldBack(providers.openai.bytesWritten);
    assert.ok(providers.openai.bytesWritten() < total);
    const late = await rest(slow);
    assert.equal(words(late), words(script.chunks.join('')));
    assert.match(late, /\[DONE\]/);
  });

  it('one that reads nothing until everybody else is done gets all of it too', async (t) => {
    const { providers, gateway } = await start(t, 'mode: exact, ttl: 1h, maxEntrySize: 32MiB');
    const script = long(6);
    providers.openai.otherwise(script);
    const slow = await slowReader(t, gateway);
    await providers.openai.whenRequested(1);
    const expected = words(script.chunks.join(''));
    const other = await fast(gateway);
    assert.match(other.said ?? '', /shared|hit/);
    assert.equal(words(other.text), expected);
    const late = await rest(slow);
    assert.match(late, /x-signalbox-cache: miss/);
    assert.equal(words(late), expected);
    assert.match(late, /\[DONE\]/);
    assert.equal(providers.openai.requests.length, 1);
    assert.equal((await post(gateway, '/v1/chat/completions', ask('faq'))).headers.get('x-signalbox-cache'), 'hit');
  });

  it('one that falls too far behind is cut, and nobody else is', async (t) => {
    const { providers, gateway } = await start(t, 'mode: exact, ttl: 1h, maxEntrySize: 1MiB');
    const gate = Promise.withResolvers<void>();
    const script = long(18);
    const [head = '', ...tail] = script.chunks;
    providers.openai.otherwise({ chunks: [head, ...tail.slice(0, 1), { wait: gate.promise }, ...tail.slice(1)] });
    const leader = fast(gateway);
    await providers.openai.whenRequested(1);
    const slow = await slowReader(t, gateway);
    // Its head is on the way as soon as it has a seat.
    await once(slow, 'readable');
    gate.resolve();
    const expected = words(script.chunks.join(''));
    const { text } = await leader;
    assert.equal(words(text), expected);
    assert.match(text, /\[DONE\]\s*$/);
    const late = await rest(slow);
    assert.match(late, /x-signalbox-cache: shared/);
    assert.ok(words(late) < expected, 'it is cut');
    assert.doesNotMatch(late, /\[DONE\]/, 'and cannot take half an answer for a whole one');
    assert.equal(providers.openai.requests.length, 1);
  });
});

describe('a kept answer as a stream', () => {
  const times = async (gateway: TestGateway) => {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body });
    const reader = answer.body?.getReader();
    const seen: { readonly atMs: number; readonly text: string }[] = [];
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) break;
      seen.push({ atMs: performance.now(), text: Buffer.from(value as Uint8Array).toString() });
    }
    return { said: answer.headers.get('x-signalbox-cache'), seen };
  };

  it('takes the time that it first took where the rule paces it, and comes at once where not', async (t) => {
    for (const [replay, isPaced] of [
      ['paced', true],
      ['instant', false],
    ] as const) {
      const { providers, gateway } = await start(t, `mode: exact, ttl: 1h, streamReplay: ${replay}`);
      const chunk = (text: string) => sse(chatChunk({ content: text }))[0] ?? '';
      providers.openai.otherwise({
        chunks: [
          chunk('It can be returned '),
          { delayMs: 200 },
          chunk('within thirty days '),
          { delayMs: 200 },
          chunk('of the delivery.'),
          ...sse(chatChunk({}, 'stop'), usageChunk, '[DONE]'),
        ],
      });
      await times(gateway);
      const { said, seen } = await times(gateway);
      assert.equal(said, 'hit');
      const text = seen.map((part) => part.text).join('');
      const deltas = [...text.matchAll(/"content":"([^"]+)"/g)].map(([, delta]) => delta);
      assert.equal(deltas.join(''), 'It can be returned within thirty days of the delivery.');
      assert.ok(deltas.length >= 9, `in natural pieces: ${deltas.length}`);
      const spanMs = (seen.at(-1)?.atMs ?? 0) - (seen[0]?.atMs ?? 0);
      if (isPaced) {
        assert.ok(spanMs >= 300, `${spanMs} ms of some 400`);
        const parts = seen.filter((part) => part.text.includes('"content":"'));
        assert.ok(parts.length >= 4, `in ${parts.length} steps, not all at once`);
      } else assert.ok(spanMs < 200, `${spanMs} ms`);
      assert.equal(providers.openai.requests.length, 1);
    }
  });

  it('waits for a slow caller, and gives all of it', async (t) => {
    const { providers, gateway } = await start(t, 'mode: exact, ttl: 1h, maxEntrySize: 2MiB');
    providers.openai.otherwise(chatAnswer('word '.repeat(60_000)));
    await post(gateway, '/v1/chat/completions', ask('faq'));
    const slow = await slowReader(t, gateway);
    const other = await fast(gateway);
    assert.deepEqual([other.said, words(other.text)], ['hit', 60_000]);
    const late = await rest(slow);
    assert.equal(words(late), 60_000);
    assert.match(late, /x-signalbox-cache: hit[\s\S]*\[DONE\]/);
    assert.equal(providers.openai.requests.length, 1);
  });

  it('is not kept beyond the size of its rule, streamed or whole', async (t) => {
    const { providers, gateway } = await start(t, 'mode: exact, ttl: 1h, maxEntrySize: 4KiB');
    const chat = (seed: number, stream: boolean) =>
      post(gateway, '/v1/chat/completions', { ...ask('faq', { seed }), stream });
    const said = async (seed: number, stream: boolean) => {
      await chat(seed, stream);
      return (await chat(seed, stream)).headers.get('x-signalbox-cache');
    };
    const small = 'x'.repeat(500);
    const large = 'y'.repeat(5000);
    const streamed = (text: string) => ({
      chunks: sse(chatChunk({ content: text }), chatChunk({}, 'stop'), usageChunk, '[DONE]'),
    });
    providers.openai.otherwise(({ json }) => (json.stream ? streamed(small) : chatAnswer(small)));
    assert.deepEqual([await said(1, false), await said(2, true)], ['hit', 'hit']);
    providers.openai.otherwise(({ json }) => (json.stream ? streamed(large) : chatAnswer(large)));
    assert.deepEqual([await said(3, false), await said(4, true)], ['miss', 'miss']);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { StreamSink, Upstream } from '../../src/upstream/index.ts';
import {
  type Chunk,
  chatAnswer,
  chatChunk,
  chatFrames,
  type ScriptedUpstream,
  sse,
  startScriptedUpstream,
  usageChunk,
} from '../support/scripted-upstream.ts';
import { callOf, HELLO, jsonOf, planOf, planTarget, take, trailOf, upstreamOf } from './harness.ts';

const STREAM = { ...HELLO, stream: true };
const WITH_USAGE = { ...STREAM, stream_options: { include_usage: true } };

describe('a stream', () => {
  let server: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    server = await startScriptedUpstream();
    upstream = upstreamOf();
  });
  after(async () => {
    await upstream.close();
    await server.close();
  });

  const plan = () =>
    planOf([planTarget('premium/gpt', { url: server.url }), planTarget('premium/claude', { url: server.url })]);

  it('passes through byte for byte when the caller speaks the same dialect', async () => {
    const frames = [': keep-alive\n\n', ...chatFrames('Hi', ' there')];
    server.enqueue({ chunks: frames });
    const { text, end } = await take(await upstream.execute(callOf(plan(), { body: WITH_USAGE })));
    assert.equal(text, frames.join(''));
    assert.equal(end.complete, true);
    assert.equal(end.terminated, true);
    assert.equal(end.finish, 'stop');
    assert.equal(end.estimated, false);
    assert.equal(end.usage.input, 9);
    assert.equal(end.usage.output, 3);
    assert.deepEqual(trailOf([end.attempt]), ['premium/gpt ok 200']);
    assert.ok((end.attempt.firstTokenMs ?? -1) >= 0);
  });

  it('loses the usage event that only the gateway asked for', async () => {
    server.enqueue({ chunks: chatFrames('Hi') });
    const { text, end } = await take(await upstream.execute(callOf(plan(), { body: STREAM })));
    assert.equal(server.requests.at(-1)?.json.stream_options.include_usage, true);
    assert.doesNotMatch(text, /usage/);
    assert.match(text, /\[DONE\]/);
    assert.equal(end.usage.output, 3);
  });

  it('keeps usage that stands beside content', async () => {
    const last = {
      ...(chatChunk({}, 'stop') as object),
      usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
    };
    server.enqueue({ chunks: sse(chatChunk({ content: 'Hi' }), last, '[DONE]') });
    const { text, end } = await take(await upstream.execute(callOf(plan(), { body: STREAM })));
    assert.match(text, /"finish_reason":"stop"/);
    assert.equal(end.usage.output, 3);
  });

  for (const { name, tail, reason } of [
    { name: 'a reset', tail: 'reset' as const, reason: /network/ },
    { name: 'a connection that ends in the middle', tail: 'cut' as const, reason: /network/ },
    { name: 'an end without the terminator', tail: '', reason: /stream-error/ },
    {
      name: 'an error event',
      tail: sse({ error: { message: 'overloaded', type: 'server_error' } }).join(''),
      reason: /server-error.*overloaded/,
    },
    { name: 'an event that is not JSON', tail: 'data: {"choices\n\n', reason: /malformed/ },
  ]) {
    it(`ends with an explicit error, not a fallback, after ${name} behind content`, async () => {
      const before = server.requests.length;
      const head = sse(chatChunk({ role: 'assistant', content: '' }), chatChunk({ content: 'Once upon' }));
      const committed = Promise.withResolvers<void>();
      server.enqueue({ chunks: tail === '' ? head : [...head, { wait: committed.promise }, tail] });
      const executed = await upstream.execute(callOf(plan(), { body: STREAM }));
      committed.resolve();
      const { text, end } = await take(executed);
      assert.equal(text, head.join(''));
      assert.equal(end.complete, false);
      assert.equal(end.error?.code, 'stream_interrupted');
      assert.match(end.error?.message ?? '', reason);
      assert.equal(end.estimated, true);
      assert.ok(end.usage.output >= 2 && end.usage.input === 7);
      assert.equal(server.requests.length, before + 1);
    });
  }

  it('is complete without [DONE] when its answer is, and says that the terminator is missing', async () => {
    server.enqueue({ chunks: sse(chatChunk({ content: 'Hi' }), chatChunk({}, 'stop')) });
    const { end } = await take(await upstream.execute(callOf(plan(), { body: STREAM })));
    assert.equal(end.complete, true);
    assert.equal(end.terminated, false);
    assert.equal(end.error, null);
  });

  it('whose connection breaks behind its finish is complete', async () => {
    const committed = Promise.withResolvers<void>();
    const frames = sse(chatChunk({ content: 'Hi' }), chatChunk({}, 'stop'));
    server.enqueue({ chunks: [...frames, { wait: committed.promise }, 'reset'] });
    const executed = await upstream.execute(callOf(plan(), { body: STREAM }));
    committed.resolve();
    const { end, text } = await take(executed);
    assert.equal(text, frames.join(''));
    assert.equal(end.complete, true);
    assert.equal(end.terminated, false);
  });

  it('whose last frame lacks its blank line gets one', async () => {
    server.enqueue({ chunks: [...sse(chatChunk({ content: 'Hi' }), chatChunk({}, 'stop')), 'data: [DONE]'] });
    const { text, end } = await take(await upstream.execute(callOf(plan(), { body: STREAM })));
    assert.ok(text.endsWith('data: [DONE]\n\n'));
    assert.equal(end.complete, true);
  });

  it('is over at its terminator, whatever the upstream still holds open', async () => {
    server.enqueue({ chunks: [...chatFrames('Hi'), 'hang'] });
    const { end } = await take(await upstream.execute(callOf(plan(), { body: STREAM })));
    assert.equal(end.complete, true);
    await server.whenAborted(1);
  });

  it('without usage is counted from its text, and marked as estimated', async () => {
    server.enqueue({ chunks: sse(chatChunk({ content: 'four words are here' }), chatChunk({}, 'stop'), '[DONE]') });
    const { end } = await take(await upstream.execute(callOf(plan(), { body: STREAM })));
    assert.equal(end.estimated, true);
    assert.deepEqual([end.usage.input, end.usage.output], [7, 5]);
  });

  it('goes to the caller as events on request, for output guardrails', async () => {
    server.enqueue({ chunks: chatFrames('Hi', ' there') });
    const executed = await upstream.execute(callOf(plan(), { body: STREAM, form: 'events' }));
    assert.ok(executed.kind === 'stream' && executed.stream.form === 'events');
    const { events, text } = await take(executed);
    const said = events.map((event) => (event.kind === 'text-delta' ? event.text : '')).join('');
    assert.equal(said, 'Hi there');
    assert.equal(text, '');
    assert.equal(events.at(-1)?.kind, 'response-end');
  });

  it('mislabelled as JSON is still a stream', async () => {
    server.enqueue({ headers: { 'content-type': 'application/json' }, chunks: chatFrames('Hi') });
    const { end } = await take(await upstream.execute(callOf(plan(), { body: STREAM })));
    assert.equal(end.complete, true);
  });

  it('that nobody asked for becomes one JSON answer', async () => {
    server.enqueue({ chunks: chatFrames('Hi', ' there') });
    const executed = await upstream.execute(callOf(plan(), { body: HELLO }));
    assert.ok(executed.kind === 'json');
    assert.equal(executed.bytes, null);
    assert.deepEqual(executed.response?.choices[0]?.content, [{ kind: 'text', text: 'Hi there' }]);
    assert.equal(executed.usage.output, 3);
  });

  it('that nobody asked for may still fall back when it breaks behind content', async () => {
    server.enqueue({ chunks: [...sse(chatChunk({ content: 'Once' })), 'reset'] }, chatAnswer('Hi'));
    const executed = await upstream.execute(callOf(plan(), { body: HELLO }));
    assert.equal(jsonOf(executed).choices[0].message.content, 'Hi');
    assert.ok(executed.kind === 'json' && executed.fallback === 'network');
  });

  it('is made of a JSON answer where the upstream ignores the wish for one', async () => {
    server.enqueue(chatAnswer('Hi there'));
    const executed = await upstream.execute(callOf(plan(), { body: STREAM }));
    assert.ok(executed.kind === 'stream' && executed.stream.form === 'events');
    const { events, end } = await take(executed);
    assert.deepEqual(
      events.map((event) => event.kind),
      ['response-start', 'part-start', 'text-delta', 'part-end', 'finish', 'usage', 'response-end'],
    );
    assert.equal(end.complete, true);
    assert.equal(end.usage.output, 3);
  });

  it('cut into single bytes by the network is the same stream', async () => {
    const bytes = Buffer.from(chatFrames('Grüße', ' 世界').join(''));
    server.enqueue({ chunks: [...bytes].map((byte): Chunk => Uint8Array.of(byte)) });
    const { text, end } = await take(await upstream.execute(callOf(plan(), { body: WITH_USAGE })));
    assert.equal(text, bytes.toString('utf8'));
    assert.equal(end.complete, true);
  });

  it('waits for a slow reader and holds little meanwhile', async () => {
    const word = sse(chatChunk({ content: 'x'.repeat(64 * 1024) })).join('');
    const total = 400 * word.length;
    server.enqueue({ chunks: [...Array<string>(400).fill(word), ...sse(chatChunk({}, 'stop'), usageChunk, '[DONE]')] });
    const executed = await upstream.execute(callOf(plan(), { body: WITH_USAGE }));
    assert.ok(executed.kind === 'stream');
    const slow = slowSink();
    const over = executed.stream.start(slow.sink);
    await slow.firstBlock;
    // The sender stands still once the kernel's buffers are full: when two looks apart see the same figure.
    const stuck = await settledBytes(server);
    assert.ok(stuck < total / 2, `the upstream could send ${stuck} of ${total} bytes to a reader who took one chunk`);
    slow.readOn();
    const end = await over;
    assert.equal(end.complete, true);
    assert.ok(slow.taken() >= total);
  });
});

/** A sink that takes one chunk and then nothing until told. */
function slowSink() {
  let taken = 0;
  let isOpen = false;
  let resume = () => {};
  const first = Promise.withResolvers<void>();
  const sink: StreamSink = {
    bytes(bytes) {
      taken += bytes.length;
      first.resolve();
      return isOpen;
    },
    events: () => true,
    onDrain(listener) {
      resume = listener;
    },
  };
  return {
    sink,
    firstBlock: first.promise,
    taken: () => taken,
    readOn() {
      isOpen = true;
      resume();
    },
  };
}

async function settledBytes(server: ScriptedUpstream): Promise<number> {
  let seen = -1;
  for (let quiet = 0; quiet < 20; ) {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 1));
    quiet = server.bytesWritten() === seen ? quiet + 1 : 0;
    seen = server.bytesWritten();
  }
  return seen;
}

import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Upstream } from '../../src/upstream/index.ts';
import {
  chatAnswer,
  chatChunk,
  chatFrames,
  type ScriptedUpstream,
  sse,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts';
import { callOf, failureOf, HELLO, jsonOf, planOf, planTarget, take, trailOf, upstreamOf } from './harness.ts';

const STREAM = { ...HELLO, stream: true };

describe('timeouts', () => {
  let slow: ScriptedUpstream;
  let good: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    slow = await startScriptedUpstream();
    good = await startScriptedUpstream();
    upstream = upstreamOf({ http: { connectionsPerOrigin: 4 } });
  });
  after(async () => {
    await upstream.close();
    await slow.close();
    await good.close();
  });

  const chain = (timeouts: object) =>
    planOf([planTarget('premium/gpt', { url: slow.url, timeouts }), planTarget('premium/claude', { url: good.url })]);

  it('connect: a call that gets no connection falls back', async () => {
    // A TLS handshake that never ends: the TCP connection alone is no connection yet.
    const silent: Server = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as { readonly port: number };
    good.enqueue(chatAnswer('Hi'));
    const own = upstreamOf();
    const plan = planOf([
      planTarget('premium/gpt', { url: `https://127.0.0.1:${port}`, timeouts: { connectMs: 40 } }),
      planTarget('premium/claude', { url: good.url }),
    ]);
    const executed = await own.execute(callOf(plan));
    assert.equal(jsonOf(executed).choices[0].message.content, 'Hi');
    assert.ok(executed.kind === 'json' && executed.fallback === 'timeout');
    await own.close();
    silent.close();
  });

  it('first token: lifecycle events do not count as content', async () => {
    const before = slow.aborted();
    slow.enqueue({ chunks: [': ping\n\n', ...sse(chatChunk({ role: 'assistant', content: '' })), 'hang'] });
    good.enqueue({ chunks: chatFrames('Hi') });
    const executed = await upstream.execute(callOf(chain({ firstTokenMs: 50 }), { body: STREAM }));
    assert.equal((await take(executed)).end.complete, true);
    assert.ok(executed.kind === 'stream' && executed.fallback === 'timeout');
    await slow.whenAborted(before + 1);
  });

  it('first token: does not end a JSON call, whose content comes at its end', async () => {
    slow.enqueue({ before: { delayMs: 60 }, ...chatAnswer('slow but whole') });
    const executed = await upstream.execute(callOf(chain({ firstTokenMs: 20 })));
    assert.equal(jsonOf(executed).choices[0].message.content, 'slow but whole');
  });

  it('idle: a JSON body that stops arriving falls back', async () => {
    slow.enqueue({ headers: { 'content-type': 'application/json' }, chunks: ['{"id":', 'hang'] });
    good.enqueue(chatAnswer('Hi'));
    const executed = await upstream.execute(callOf(chain({ idleMs: 50 })));
    assert.equal(jsonOf(executed).choices[0].message.content, 'Hi');
    assert.ok(executed.kind === 'json' && executed.fallback === 'timeout');
  });

  it('idle: a stream that falls silent behind content ends with an error', async () => {
    const before = slow.aborted();
    slow.enqueue({ chunks: [...sse(chatChunk({ content: 'Once' })), 'hang'] });
    const { end } = await take(await upstream.execute(callOf(chain({ idleMs: 50 }), { body: STREAM })));
    assert.equal(end.error?.code, 'stream_interrupted');
    assert.equal(end.attempt.outcome, 'timeout');
    await slow.whenAborted(before + 1);
  });

  it('idle: a stream that keeps coming outlives it', async () => {
    const pause = { delayMs: 30 };
    const [first, ...rest] = chatFrames('a', 'b', 'c', 'd', 'e');
    slow.enqueue({ chunks: [first ?? '', ...rest.flatMap((frame) => [pause, frame])] });
    const { end } = await take(await upstream.execute(callOf(chain({ idleMs: 150 }), { body: STREAM })));
    assert.equal(end.complete, true);
  });

  it('idle: time in which the reader itself halts does not count', async () => {
    const words = Array.from({ length: 60 }, () => 'x'.repeat(64 * 1024));
    slow.enqueue({ chunks: chatFrames(...words) });
    const executed = await upstream.execute(callOf(chain({ idleMs: 60 }), { body: STREAM }));
    assert.ok(executed.kind === 'stream');
    let calls = 0;
    const end = await executed.stream.start({
      bytes: () => ++calls > 1,
      events: () => true,
      onDrain: (resume) => setTimeout(resume, 200),
    });
    assert.equal(end.error, null);
    assert.equal(end.complete, true);
  });

  it('total: an answer that is not whole in time falls back', async () => {
    const before = slow.aborted();
    slow.enqueue({ before: 'hang' });
    good.enqueue(chatAnswer('Hi'));
    const executed = await upstream.execute(callOf(chain({ totalMs: 50 })));
    assert.equal(jsonOf(executed).choices[0].message.content, 'Hi');
    await slow.whenAborted(before + 1);
  });

  it('total: a stream that goes on too long ends with an error', async () => {
    slow.enqueue({ chunks: [...sse(chatChunk({ content: 'Once' })), 'hang'] });
    const { end } = await take(await upstream.execute(callOf(chain({ totalMs: 60 }), { body: STREAM })));
    assert.equal(end.error?.code, 'stream_interrupted');
    assert.equal(end.attempt.outcome, 'timeout');
  });

  it('deadline: cuts the last attempt and answers 504', async () => {
    slow.enqueue({ before: 'hang' });
    const plan = planOf([planTarget('premium/gpt', { url: slow.url })], { deadlineMs: 60 });
    const { error } = failureOf(await upstream.execute(callOf(plan)));
    assert.equal(error.code, 'chain_exhausted');
    assert.equal(error.status, 504);
    assert.deepEqual(
      error.attempts.map(({ outcome }) => outcome),
      ['timeout'],
    );
  });

  it('a healthy call needs no timer: nothing is left running', async () => {
    good.enqueue(chatAnswer('Hi'));
    const executed = await upstream.execute(callOf(planOf([planTarget('premium/gpt', { url: good.url })])));
    assert.ok(executed.kind === 'json');
    assert.deepEqual(trailOf(executed.attempts), ['premium/gpt ok 200']);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createCancellation, type Upstream } from '../../src/upstream/index.ts';
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
const busy = (retryAfter?: string) => ({
  status: 429,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  body: { error: { message: 'slow down' } },
});

describe('retries', () => {
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

  it('stay on the target and serve from it', async () => {
    server.enqueue(busy(), { status: 503, body: {} }, { before: 'reset' }, chatAnswer('Hi'));
    const plan = planOf([planTarget('premium/gpt', { url: server.url, retries: 5 })]);
    const executed = await upstream.execute(callOf(plan));
    assert.equal(jsonOf(executed).choices[0].message.content, 'Hi');
    assert.ok(executed.kind === 'json');
    assert.equal(executed.via, 'retry');
    assert.deepEqual(trailOf(executed.attempts), [
      'premium/gpt rate-limit 429',
      'premium/gpt server-error 503',
      'premium/gpt network',
      'premium/gpt ok 200',
    ]);
  });

  it('wait as long as Retry-After asks', async () => {
    server.enqueue(busy('0.25'), chatAnswer('Hi'));
    const plan = planOf([planTarget('premium/gpt', { url: server.url, retries: 1 })]);
    const executed = await upstream.execute(callOf(plan));
    assert.ok(executed.kind === 'json');
    const [first, second] = executed.attempts;
    assert.equal(first?.retryAfterMs, 250);
    const waitedMs = (second?.startedMs ?? 0) - (first?.endedMs ?? 0);
    assert.ok(waitedMs >= 249, `waited ${waitedMs} ms`);
  });

  it('go to the next target when Retry-After is over what the policy allows', async () => {
    server.enqueue(busy('3600'), chatAnswer('Hi'));
    const plan = planOf([
      planTarget('premium/gpt', { url: server.url, retries: 5 }),
      planTarget('premium/claude', { url: server.url }),
    ]);
    const executed = await upstream.execute(callOf(plan));
    assert.ok(executed.kind === 'json');
    assert.deepEqual(trailOf(executed.attempts), ['premium/gpt rate-limit 429', 'premium/claude ok 200']);
  });

  it('share one budget of attempts with fallbacks', async () => {
    const before = server.requests.length;
    server.otherwise({ status: 500, body: {} });
    const targets = ['gpt', 'claude', 'gemini'].map((id) =>
      planTarget(`premium/${id}`, { url: server.url, retries: 5 }),
    );
    const { error } = failureOf(await upstream.execute(callOf(planOf(targets, { maxAttempts: 7 }))));
    assert.equal(server.requests.length - before, 7);
    assert.deepEqual(
      error.attempts.map(({ target }) => target),
      [...Array<string>(6).fill('premium/gpt'), 'premium/claude'],
    );
  });

  it('send the caller’s bytes anew each time', async () => {
    const before = server.requests.length;
    server.enqueue(busy(), { status: 500, body: {} }, chatAnswer('Hi'));
    await upstream.execute(callOf(planOf([planTarget('premium/gpt', { url: server.url, retries: 3 })])));
    const bodies = server.requests.slice(before).map(({ bytes }) => bytes.toString());
    assert.equal(new Set(bodies).size, 1);
    assert.equal(bodies.length, 3);
  });

  it('ask before a further attempt once an earlier one was billed', async () => {
    // Anthropic counts the input at the head of the stream; a caller who asked for JSON has nothing of it yet.
    const start = {
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [],
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    };
    server.enqueue(
      { chunks: [`event: message_start\ndata: ${JSON.stringify(start)}\n\n`, { delayMs: 50 }, 'reset'] },
      chatAnswer('Hi'),
    );
    const asked: (readonly string[])[] = [];
    const plan = planOf([
      planTarget('premium/claude', { url: server.url, dialect: 'anthropic-messages' }),
      planTarget('premium/gpt', { url: server.url }),
    ]);
    const executed = await upstream.execute(
      callOf(plan, {
        beforeFurtherAttempt: async (attempts) => {
          asked.push(trailOf(attempts));
          return null;
        },
      }),
    );
    assert.equal(executed.kind, 'json');
    assert.deepEqual(asked, [['premium/claude network 200']]);
  });
});

describe('a caller who hangs up', () => {
  let server: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    server = await startScriptedUpstream();
    upstream = upstreamOf({ maxDrainMs: 100 });
  });
  after(async () => {
    await upstream.close();
    await server.close();
  });

  const gpt = (onDisconnect: 'abort' | 'drain' = 'abort') =>
    planTarget('premium/gpt', { url: server.url, retries: 3, provider: { onDisconnect } });

  it('before the answer ends the call upstream', async () => {
    const aborted = server.aborted();
    server.enqueue({ before: 'hang' });
    const cancellation = createCancellation();
    const ended: string[] = [];
    const executing = upstream.execute(
      callOf(planOf([gpt()]), { cancellation, onAttemptEnded: (_, { outcome }) => ended.push(outcome) }),
    );
    await server.whenRequested(server.requests.length + 1);
    cancellation.cancel();
    const executed = await executing;
    assert.equal(executed.kind, 'cancelled');
    assert.deepEqual(ended, ['cancelled']);
    await server.whenAborted(aborted + 1);
  });

  it('during a wait between attempts makes no further one', async () => {
    const before = server.requests.length;
    server.enqueue(busy('4'), chatAnswer('never asked for'));
    const cancellation = createCancellation();
    const ended = Promise.withResolvers<void>();
    const executing = upstream.execute(
      callOf(planOf([gpt()]), { cancellation, onAttemptEnded: () => ended.resolve() }),
    );
    await ended.promise;
    cancellation.cancel();
    const executed = await executing;
    assert.equal(executed.kind, 'cancelled');
    assert.equal(server.requests.length, before + 1);
    server.enqueue();
    await upstream.execute(callOf(planOf([gpt()])));
  });

  it('in the middle of a stream ends the call upstream and the stream', async () => {
    const aborted = server.aborted();
    server.enqueue({ chunks: [...sse(chatChunk({ content: 'Once' })), 'hang'] });
    const cancellation = createCancellation();
    const executed = await upstream.execute(callOf(planOf([gpt()]), { body: STREAM, cancellation }));
    assert.ok(executed.kind === 'stream');
    const over = take(executed);
    cancellation.cancel();
    const { end } = await over;
    assert.equal(end.cancelled, true);
    assert.equal(end.error, null);
    assert.equal(end.attempt.outcome, 'cancelled');
    assert.ok(end.usage.output > 0);
    await server.whenAborted(aborted + 1);
  });

  it('while the sink is full leaves nothing behind', async () => {
    const aborted = server.aborted();
    const words = Array.from({ length: 100 }, () => 'x'.repeat(64 * 1024));
    server.enqueue({ chunks: chatFrames(...words) });
    const cancellation = createCancellation();
    const executed = await upstream.execute(callOf(planOf([gpt()]), { body: STREAM, cancellation }));
    assert.ok(executed.kind === 'stream');
    const over = executed.stream.start({ bytes: () => false, events: () => false, onDrain: () => undefined });
    cancellation.cancel();
    assert.equal((await over).cancelled, true);
    await server.whenAborted(aborted + 1);
  });

  it('is drained where the provider bills anyway: the real usage is known', async () => {
    const go = Promise.withResolvers<void>();
    const [head = '', ...rest] = chatFrames('Once', ' upon', ' a', ' time').slice(1);
    server.enqueue({ chunks: [head, { wait: go.promise }, ...rest] });
    const cancellation = createCancellation();
    const executed = await upstream.execute(callOf(planOf([gpt('drain')]), { body: STREAM, cancellation }));
    assert.ok(executed.kind === 'stream');
    const over = take(executed);
    cancellation.cancel();
    go.resolve();
    const { end, text } = await over;
    assert.equal(end.cancelled, true);
    assert.equal(end.complete, true);
    assert.equal(end.estimated, false);
    assert.equal(end.usage.output, 3);
    assert.doesNotMatch(text, /time/);
  });

  it('is drained no longer than the bound', async () => {
    const aborted = server.aborted();
    server.enqueue({ chunks: [...sse(chatChunk({ content: 'Once' })), 'hang'] });
    const cancellation = createCancellation();
    const executed = await upstream.execute(callOf(planOf([gpt('drain')]), { body: STREAM, cancellation }));
    const over = take(executed);
    cancellation.cancel();
    assert.equal((await over).end.attempt.outcome, 'cancelled');
    await server.whenAborted(aborted + 1);
  });

  it('is drained before the first content too', async () => {
    const go = Promise.withResolvers<void>();
    server.enqueue({ before: { wait: go.promise }, chunks: chatFrames('Once') });
    const cancellation = createCancellation();
    const requested = server.whenRequested(server.requests.length + 1);
    const executing = upstream.execute(callOf(planOf([gpt('drain')]), { body: STREAM, cancellation }));
    await requested;
    cancellation.cancel();
    go.resolve();
    const executed = await executing;
    assert.ok(executed.kind === 'cancelled');
    assert.deepEqual(trailOf(executed.attempts), ['premium/gpt ok 200']);
    assert.equal(executed.attempts[0]?.usage?.output, 3);
  });
});

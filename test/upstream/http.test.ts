import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createReach } from '#network';
import type { Upstream } from '../../src/upstream/index.ts';
import { createHttpClient } from '../../src/upstream/send.ts';
import { chatAnswer, chatFrames, type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { callOf, failureOf, HELLO, NO_TIMEOUTS, planOf, planTarget, take, trailOf, upstreamOf } from './harness.ts';

describe('connections to providers', () => {
  let server: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    server = await startScriptedUpstream();
    server.otherwise(({ json }) => (json.stream === true ? { chunks: chatFrames('Hi') } : chatAnswer('Hi')));
    upstream = upstreamOf({ maxBodyBytes: 1000, http: { connectionsPerOrigin: 2 } });
  });
  after(async () => {
    await upstream.close();
    await server.close();
  });

  const plan = (fields: object = {}) => planOf([planTarget('premium/gpt', { url: server.url, ...fields })]);

  it('are used again, after whole answers and after streams', async () => {
    for (let at = 0; at < 5; at++) {
      await upstream.execute(callOf(plan()));
      await take(await upstream.execute(callOf(plan(), { body: { ...HELLO, stream: true } })));
    }
    // The next call may begin before the last bytes behind a stream's terminator are in.
    assert.ok(server.connections().total <= 2);
  });

  it('are bounded per origin: more calls wait their turn', async () => {
    const calls = Array.from({ length: 10 }, () => upstream.execute(callOf(plan())));
    const kinds = (await Promise.all(calls)).map(({ kind }) => kind);
    assert.deepEqual(new Set(kinds), new Set(['json']));
    assert.equal(server.connections().total, 2);
  });

  it('that nobody gets in time fail as a timeout', async () => {
    const go = Promise.withResolvers<void>();
    server.enqueue(
      { before: { wait: go.promise }, ...chatAnswer('Hi') },
      { before: { wait: go.promise }, ...chatAnswer('Hi') },
    );
    const busy = [upstream.execute(callOf(plan())), upstream.execute(callOf(plan()))];
    const { attempts } = failureOf(await upstream.execute(callOf(plan({ timeouts: { connectMs: 30 } }))));
    assert.deepEqual(trailOf(attempts), ['premium/gpt timeout']);
    go.resolve();
    await Promise.all(busy);
    const requests = server.requests.length;
    await upstream.execute(callOf(plan()));
    assert.equal(server.requests.length, requests + 1, 'the call that was given up is never sent');
  });

  it('bring a whole answer only up to the cap', async () => {
    server.enqueue(chatAnswer('x'.repeat(2000)));
    const { attempts } = failureOf(await upstream.execute(callOf(plan())));
    assert.deepEqual(trailOf(attempts), ['premium/gpt malformed 200']);
  });

  it('end one call as one attempt, whatever becomes of it', async () => {
    const seen: string[] = [];
    const reports = {
      onAttemptStarted: () => seen.push('started'),
      onAttemptEnded: (_: unknown, { outcome }: { readonly outcome: string }) => seen.push(outcome),
    };
    server.enqueue({ status: 500, body: {} });
    await take(await upstream.execute(callOf(plan({ retries: 1 }), { ...reports, body: { ...HELLO, stream: true } })));
    assert.deepEqual(seen, ['started', 'server-error', 'started', 'ok']);
  });

  it('to many origins keep a bounded number of pools', async () => {
    const client = createHttpClient({ reach: createReach(), maxOrigins: 3 });
    for (let at = 1; at <= 8; at++) {
      await new Promise<void>((resolve) => {
        client.send(
          { origin: `http://127.0.0.${at}:1`, path: '/', headers: [], body: new Uint8Array(1), timeouts: NO_TIMEOUTS },
          { onConnected: () => {}, onHead: () => {}, onData: () => {}, onEnd: () => {}, onFailed: () => resolve() },
        );
      });
    }
    assert.ok(client.pools() <= 3, `${client.pools()} pools`);
    await client.close();
  });

  it('never see a header that would break out of its line', async () => {
    const headers = { traceparent: 'a\r\nx-evil: 1' };
    const { attempts } = failureOf(await upstream.execute(callOf(plan(), { headers })));
    assert.deepEqual(trailOf(attempts), ['premium/gpt malformed']);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dialectOf } from '../../src/dialects/index.ts';
import { runAttempt } from '../../src/upstream/attempt.ts';
import { createTimerWheel } from '../../src/upstream/timer-wheel.ts';
import type { SendObserver } from '../../src/upstream/transport.ts';
import { NO_TIMEOUTS } from './harness.ts';

const broken = () => {
  throw new TypeError('a reader’s bug');
};

describe('an answer whose reading throws', () => {
  for (const [name, body, wantsStream] of [
    ['whole', '{}', false],
    ['as a stream', 'data: {}\n\n', true],
  ] as const) {
    it(`${name} is malformed, and nobody is left waiting`, async () => {
      const openai = dialectOf('openai-chat');
      assert.ok(openai !== null);
      const wheel = createTimerWheel();
      let aborted = false;
      const observers: SendObserver[] = [];
      const run = runAttempt({
        send: (_, observer) => {
          observers.push(observer);
          return { abort: () => (aborted = true), pause: () => {}, resume: () => {}, firstToken: () => {} };
        },
        wheel,
        request: { origin: 'http://x', path: '/', headers: [], body: new Uint8Array(), timeouts: NO_TIMEOUTS },
        dialect: { ...openai, readResponse: broken, createStreamReader: () => ({ push: broken, end: broken }) },
        wantsStream,
        form: 'bytes',
        stripUsage: false,
        service: null,
        size: { inputTokens: 1, outputTokensAtMost: null },
        maxBodyBytes: 1000,
        onFirstToken: () => {},
      });
      observers[0]?.onHead(200, {});
      observers[0]?.onData(new TextEncoder().encode(body));
      observers[0]?.onEnd();
      const result = await run.result;
      assert.ok(result.kind === 'failed');
      assert.equal(result.failure.code, 'unreadable');
      assert.equal(result.failure.message, 'The answer could not be read (TypeError).');
      assert.ok(aborted);
      wheel.close();
    });
  }
});

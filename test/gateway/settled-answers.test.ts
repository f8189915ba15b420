import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER, counterOf } from '../../src/decision/index.ts';
import { createStore, type Store } from '../../src/state/index.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis } from '../support/start-redis.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';
import { ANTHROPIC, OPENAI } from './provider-answers.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const BUDGET = `apiVersion: signalbox/v1
kind: Budget
metadata: { name: tight }
spec: { limit: { tokens: 100000 }, window: { every: quarter, timezone: UTC }, onExhausted: deny }
`;
const TOKENS_PER_ANSWER = 12;
const ROUNDS = 15;

type Place = 'the embedded store' | 'Redis';

/** A gateway, and the store it uses as another process has it open. */
async function start(t: TestContext, place: Place): Promise<{ gateway: TestGateway; other: Store } | null> {
  let url: string | null = null;
  if (place === 'Redis') {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return null;
    url = `${(await startRedis(t, program)).url}?timeout=10000`;
  }
  const providers = await startProviders(t);
  providers.openai.otherwise((request) => (request.json.stream === true ? OPENAI.stream : OPENAI.whole));
  providers.anthropic.otherwise((request) => (request.json.stream === true ? ANTHROPIC.stream : ANTHROPIC.whole));
  providers.gemini.otherwise(OPENAI.error(500));
  const files = policyFiles(providers, { 'budgets.yaml': BUDGET });
  const gateway = await startTestGateway(t, files, { env: SECRETS, storeUrl: url });
  const other = await createStore({ url, dataDir: gateway.dataDir, clock: { nowMs: Date.now }, breaker });
  t.after(() => other.close());
  return { gateway, other };
}

/** Reads the counter of the budget as that other process sees it. */
function reading(other: Store) {
  const window = { kind: 'calendar', every: 'quarter', timezone: 'UTC' } as const;
  const budget = { name: 'tight', unit: 'tokens', limit: 100_000, window };
  const counter = counterOf(budget as Parameters<typeof counterOf>[0], [], Date.now());
  return async () => (await other.readFacts({ counters: [counter], targets: [] })).counters[counter.key];
}

describe('an answer is settled before its last byte goes out', () => {
  for (const place of ['the embedded store', 'Redis'] as const) {
    for (const model of ['to-openai', 'to-anthropic']) {
      it(`whole, from ${model}, as another process sees ${place}`, async (t) => {
        const started = await start(t, place);
        if (started === null) return;
        const { gateway, other } = started;
        const read = reading(other);
        for (let round = 1; round <= ROUNDS; round++) {
          const answer = await post(gateway, '/v1/chat/completions', ask(model, { max_tokens: 100 }));
          assert.equal(answer.status, 200, answer.text);
          assert.deepEqual(await read(), { spent: round * TOKENS_PER_ANSWER, held: 0 });
        }
      });

      it(`as a stream from ${model}, as another process sees ${place} when the caller reads the end mark`, async (t) => {
        const started = await start(t, place);
        if (started === null) return;
        const { gateway, other } = started;
        const read = reading(other);
        for (let round = 1; round <= ROUNDS; round++) {
          const response = await fetch(`${gateway.url}/v1/chat/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(ask(model, { stream: true, max_tokens: 100 })),
          });
          const text = await untilMark(response, 'data: [DONE]');
          assert.deepEqual(await read(), { spent: round * TOKENS_PER_ANSWER, held: 0 });
          assert.match(text, /\n\n: x-signalbox-cost-usd=\S+\n\ndata: \[DONE\]\n\n$/);
        }
      });
    }

    it(`an error, as another process sees ${place}: its hold is given back`, async (t) => {
      const started = await start(t, place);
      if (started === null) return;
      const { gateway, other } = started;
      const read = reading(other);
      for (let round = 1; round <= ROUNDS; round++) {
        assert.equal((await post(gateway, '/v1/chat/completions', ask('to-gemini', { max_tokens: 100 }))).status, 500);
        assert.deepEqual(await read(), { spent: 0, held: 0 });
      }
    });
  }

  it('so a caller that is right at its limit is never refused for money that is back', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise((request) => (request.json.stream === true ? OPENAI.stream : OPENAI.whole));
    const one = BUDGET.replace('tokens: 100000', 'concurrency: 1');
    const gateway = await startTestGateway(t, policyFiles(providers, { 'budgets.yaml': one }), { env: SECRETS });
    for (let round = 1; round <= 40; round++) {
      const answer = await post(gateway, '/v1/chat/completions', ask('to-openai', { stream: round % 2 === 0 }));
      assert.equal(answer.status, 200, `request ${round}: ${answer.text}`);
    }
  });
});

/** Reads no further than the caller's client would: it stops at the end mark, not at the end of the connection. */
async function untilMark(response: Response, mark: string): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes(mark)) break;
  }
  return text;
}

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER, counterOf } from '../../src/decision/index.ts';
import { createStore } from '../../src/state/index.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const budget = (lease: string) => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: one }
spec: { limit: { concurrency: 1 }, window: { every: quarter, timezone: UTC }, onExhausted: deny, lease: ${lease}, onLeaseExpiry: release }
`;

const CONCURRENCY = {
  name: 'one',
  unit: 'concurrency',
  limit: 1,
  window: { kind: 'calendar', every: 'quarter', timezone: 'UTC' },
} as Parameters<typeof counterOf>[0];

describe('leases of holds', () => {
  it('that ended while no gateway ran are over before the first request', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const dataDir = makeTempDirectory(t);
    const killed = await createStore({ dataDir, clock: { nowMs: () => Date.now() - 60_000 }, breaker });
    const counter = counterOf(CONCURRENCY, [], Date.now());
    const reservation = { counter, amount: 1, enforce: true, targets: null, leaseMs: 1000 };
    await killed.reserve({ id: 'r1', owner: 'killed', reservations: [{ ...reservation, onLeaseExpiry: 'release' }] });
    await killed.close();
    const files = policyFiles(providers, { 'budgets.yaml': budget('1s') });
    const gateway = await startTestGateway(t, files, { env: SECRETS, dataDir });
    assert.equal((await post(gateway, '/v1/chat/completions', ask('to-openai'))).status, 200);
    assert.ok(gateway.logged.some(({ text }) => text === 'holds ended with their lease'));
  });

  it('shorter than the upkeep are renewed as long as a stream lasts', async (t) => {
    const providers = await startProviders(t);
    const pauses = Array.from({ length: 8 }, () => ({ delayMs: 100 }));
    const slow = pauses.flatMap((pause) => [pause, ...OPENAI.firstContent.slice(1)]);
    const { chunks = [] } = OPENAI.stream;
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, ...slow, ...chunks] });
    const files = policyFiles(providers, { 'budgets.yaml': budget('200ms') });
    const gateway = await startTestGateway(t, files, { env: SECRETS });
    const other = await createStore({ dataDir: gateway.dataDir, clock: { nowMs: Date.now }, breaker });
    t.after(() => other.close());
    let isOver = false;
    const stream = post(gateway, '/v1/chat/completions', ask('to-openai', { stream: true }));
    stream.finally(() => {
      isOver = true;
    });
    const expired: string[] = [];
    while (!isOver) {
      expired.push(...(await other.sweep()).expired.map(({ id }) => id));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal((await stream).status, 200);
    assert.deepEqual(expired, [], 'no other process has found the lease over');
  });
});

import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER, counterOf } from '../../src/decision/index.ts';
import { createStore } from '../../src/state/index.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
const budget = (lease: string, more = ', onLeaseExpiry: release', every = 'quarter') => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: one }
spec: { limit: { concurrency: 1 }, window: { every: ${every}, timezone: UTC }, onExhausted: deny, lease: ${lease}${more} }
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

  it('give a place among so many at a time back where a budget is charged at their end', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const dataDir = makeTempDirectory(t);
    const files = policyFiles(providers, { 'budgets.yaml': budget('1s', '') });
    const killed = await startTestGateway(t, files, { env: SECRETS, dataDir }, clockBehind(60_000));
    const never = Promise.withResolvers<void>();
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, { wait: never.promise }] });
    const asked = fetch(`${killed.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ask('to-openai', { stream: true })),
    });
    await asked;
    // What the file holds at this moment is what kill -9 leaves.
    const left = makeTempDirectory(t);
    for (const file of ['ledger.db', 'ledger.db-wal']) copyFileSync(join(dataDir, file), join(left, file));
    never.resolve();
    const gateway = await startTestGateway(t, files, { env: SECRETS, dataDir: left });
    assert.ok(gateway.logged.some(({ text }) => text === 'holds ended with their lease'));
    const answer = await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.equal(answer.status, 200, answer.text);
  });
});

describe('a limit on requests at a time', () => {
  it('counts those that began in the window before', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const go = Promise.withResolvers<void>();
    providers.openai.enqueue({ ...OPENAI.whole, before: { wait: go.promise } });
    let nowMs = Date.UTC(2026, 10, 1, 10, 59, 59);
    const files = policyFiles(providers, { 'budgets.yaml': budget('10m', '', 'hour') });
    const gateway = await startTestGateway(t, files, { env: SECRETS }, { nowMs: () => nowMs, draw: Math.random });
    const send = () => post(gateway, '/v1/chat/completions', ask('to-openai'));
    const slow = send();
    await providers.openai.whenRequested(1);
    nowMs += 2000;
    const second = await send();
    assert.deepEqual([second.status, second.json.error?.code], [429, 'rate_limited']);
    go.resolve();
    assert.equal((await slow).status, 200);
    assert.equal((await send()).status, 200);
  });
});

function clockBehind(ms: number) {
  return { nowMs: () => Date.now() - ms, draw: Math.random };
}

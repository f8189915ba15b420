import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { advanceBreaker, breakerView, CLOSED_BREAKER, counterOf } from '../../src/decision/index.ts';
import { createStore } from '../../src/state/index.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis, until } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const budget = (limit: number, more = '') => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: calls }
spec: { limit: { requests: ${limit} }, window: { every: quarter, timezone: UTC }, alertAt: [50%, 100%], onExhausted: warn${more} }
`;

async function start(t: TestContext, text: string) {
  const providers = await startProviders(t);
  providers.openai.otherwise(OPENAI.whole);
  const files = policyFiles(providers, { 'budgets.yaml': text });
  const dataDir = makeTempDirectory(t);
  return (more: object = {}) => startTestGateway(t, files, { env: SECRETS, dataDir, ...more });
}

async function send(gateways: readonly TestGateway[], count: number, headers = {}): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      post(gateways[at % gateways.length]!, '/v1/chat/completions', ask('to-openai'), headers),
    ),
  );
  assert.deepEqual(
    answers.filter(({ status }) => status !== 200),
    [],
  );
}

function told(gateways: readonly TestGateway[]): readonly string[] {
  return gateways
    .flatMap(({ logged }) => logged.filter(({ text }) => text === 'a budget has reached a share of its limit'))
    .map(({ level, fields }) => `${level} ${fields.budget} ${fields.split} ${fields.share} ${fields.spent}`)
    .sort();
}

async function alerts(gateway: TestGateway): Promise<readonly (readonly [number, boolean])[]> {
  const answer = await fetch(`${gateway.url}/admin/budgets`);
  const { budgets } = (await answer.json()) as {
    budgets: { alerts: { share: number; at: string | null }[] }[];
  };
  return (budgets[0]?.alerts ?? []).map(({ share, at }) => [
    share,
    at !== null && Math.abs(Date.now() - Date.parse(at)) < 60_000,
  ]);
}

describe('a budget that reaches a share of its limit', () => {
  it('is told once, in the log, the metrics and the status, also after a restart', async (t) => {
    const open = await start(t, budget(10));
    const gateway = await open();
    await send([gateway], 4);
    assert.deepEqual(await alerts(gateway), [
      [0.5, false],
      [1, false],
    ]);
    await send([gateway], 1);
    await until(async () => told([gateway]).length === 1);
    assert.deepEqual(await alerts(gateway), [
      [0.5, true],
      [1, false],
    ]);
    await send([gateway], 8);
    await until(async () => told([gateway]).length === 2);
    assert.match(told([gateway]).join(), /^warn calls {2}100% \d+,warn calls {2}50% 5$/);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    for (const share of ['50%', '100%']) {
      assert.match(
        metrics,
        new RegExp(
          `^signalbox_budget_thresholds_total\\{signalbox_budget="calls",signalbox_share="${share}"\\} 1$`,
          'm',
        ),
      );
    }
    await gateway.close(0);
    const again = await open();
    await send([again], 3);
    assert.deepEqual(await alerts(again), [
      [0.5, true],
      [1, true],
    ]);
    assert.deepEqual(told([again]), []);
  });

  for (const place of ['the embedded store', 'Redis'] as const) {
    it(`is told by one of three processes over ${place}`, async (t) => {
      let storeUrl: string | null = null;
      if (place === 'Redis') {
        const program = requireProgram(t, 'redis-server');
        if (program === undefined) return;
        storeUrl = `${(await startRedis(t, program)).url}?timeout=10000`;
      }
      const open = await start(t, budget(20));
      const gateways = [await open({ storeUrl }), await open({ storeUrl }), await open({ storeUrl })];
      await send(gateways, 60);
      await until(async () => (await alerts(gateways[0]!)).every(([, isTold]) => isTold));
      assert.equal(told(gateways).length, 2, told(gateways).join());
    });
  }

  it('is told for each of its splits, without what callers wrote', async (t) => {
    const open = await start(t, budget(2, ', per: [consumer, metadata.user]'));
    const gateway = await open();
    for (const user of ['ann@example.com', 'bob@example.com']) {
      await send([gateway], 2, { 'x-signalbox-metadata': JSON.stringify({ user }) });
    }
    await until(async () => told([gateway]).length === 4);
    assert.deepEqual(told([gateway]), [
      'warn calls guest,… 100% 2',
      'warn calls guest,… 100% 2',
      'warn calls guest,… 50% 1',
      'warn calls guest,… 50% 1',
    ]);
    assert.doesNotMatch(JSON.stringify(gateway.logged), /example\.com/);
  });

  it('is told with the next charge after its limit was lowered', async (t) => {
    const open = await start(t, budget(100));
    const gateway = await open();
    await send([gateway], 6);
    writeFileSync(join(gateway.policies, 'budgets.yaml'), budget(10));
    await gateway.reload('test');
    await send([gateway], 1);
    await until(async () => told([gateway]).length === 1);
    assert.deepEqual(told([gateway]), ['warn calls  50% 7']);
  });

  it('is told when the end of a lease reaches it', async (t) => {
    const open = await start(t, budget(2, ', lease: 1s, onLeaseExpiry: settle'));
    const first = await open();
    await first.close(0);
    const store = await createStore({
      dataDir: first.dataDir,
      clock: { nowMs: () => Date.now() - 60_000 },
      breaker: { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView },
    });
    const window = { kind: 'calendar', every: 'quarter', timezone: 'UTC' } as const;
    const shape = { name: 'calls', unit: 'requests', limit: 2, window };
    const counter = counterOf(shape as Parameters<typeof counterOf>[0], [], Date.now());
    const names = ['development', '', 'guest', '', 'default', null, 'chat'];
    const memo = [Date.now(), names, ['', '', ''], [['requests', 0, counter.windowEndMs]]];
    const reservation = { counter, amount: 1, enforce: true, targets: null, leaseMs: 1000 };
    await store.reserve({
      ...{ id: 'r1', owner: 'killed', memo: JSON.stringify(memo) },
      reservations: [{ ...reservation, onLeaseExpiry: 'settle' }],
    });
    await store.close();
    assert.deepEqual(told([await open()]), ['warn calls  50% 1']);
  });
});

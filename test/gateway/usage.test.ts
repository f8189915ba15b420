import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { describe, it } from 'node:test';
import { listRecordFiles, readRecords, type TrafficRecord } from '../../src/decision-log/index.ts';
import { openUsageReader } from '../../src/state/index.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { post, startTestGateway } from './harness.ts';

const KEYS = ['sbx_alpha_0000000000000000000000000000000', 'sbx_beta_00000000000000000000000000000000'] as const;

const document = (kind: string, name: string, spec: string, labels = '') =>
  `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name}${labels} }\nspec: ${spec}\n`;

const model = (name: string, input: string, output: string) =>
  document(
    'Model',
    `sandbox/${name}`,
    `{ provider: sandbox, upstreamName: ${name}, contextWindow: 100000, maxOutput: 4096, prices: [{ from: 2020-01-01, input: "${input}", output: "${output}", source: "https://example.com/prices", readAt: 2026-11-01 }] }`,
  );

const consumer = (name: string, key: string, team: string) =>
  document(
    'Consumer',
    name,
    `{ keys: [{ id: k1, sha256: ${hash('sha256', key)}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }`,
    `, labels: { team: ${team} }`,
  );

// Prices with odd fractions, so that every rounding shows.
const FILES = {
  'all.yaml': [
    document(
      'Project',
      'test',
      '{ timezone: Asia/Tokyo, defaults: { timeouts: { connect: 2s, firstToken: 5s, idle: 5s, total: 20s }, retry: { max: 0, on: [] } } }',
    ),
    model('odd', '0.37', '1.13'),
    model('odder', '0.777777', '3.333333'),
    document(
      'Chain',
      'two',
      '{ fallbackOn: [server-error, stream-error, malformed], defaults: { retry: { max: 1, on: [server-error], initial: 1ms, factor: 1, cap: 1ms } }, targets: [{ id: a, model: sandbox/odd }, { id: b, model: sandbox/odder }] }',
    ),
    document('Route', 'default', '{ match: {}, chain: two }'),
    consumer('alpha', KEYS[0], 'red'),
    consumer('beta', KEYS[1], 'blue'),
    document('Budget', 'month', '{ limit: { cost: "1000 USD" }, window: { every: month }, onExhausted: deny }'),
    document(
      'Budget',
      'each',
      '{ limit: { tokens: 100000000 }, per: [consumer], window: { every: month }, onExhausted: deny }',
    ),
    document('Budget', 'calls', '{ limit: { requests: 100000 }, window: { every: month }, onExhausted: deny }'),
    document(
      'Budget',
      'odder',
      '{ scope: { models: [sandbox/odder] }, limit: { cost: "1000 USD" }, window: { every: month }, onExhausted: deny }',
    ),
  ].join('---\n'),
};

/** What the sandbox is told, and whether a stream is asked for. */
const KINDS = [
  { sandbox: 'words:7', stream: false },
  { sandbox: 'words:13', stream: true },
  { sandbox: '@1 fail:503', stream: false },
  { 'sandbox@two/a': 'fail:500', stream: true },
  { sandbox: 'fail:400', stream: false },
  { sandbox: 'fail:503', stream: false },
  { sandbox: 'no-usage', stream: true },
  { sandbox: 'cut-after:3', stream: true },
  { sandbox: 'error-after:4', stream: true },
  { 'sandbox@two/a': 'malformed', stream: false },
] as const;

type Gateway = Awaited<ReturnType<typeof startTestGateway>>;

function send(gateway: Gateway, at: number, signal: AbortSignal | null = null): Promise<Response> {
  const { stream, ...metadata } = KINDS[at % KINDS.length] ?? KINDS[0];
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEYS[at % 3 === 0 ? 0 : 1]}`,
      'content-type': 'application/json',
      'x-signalbox-metadata': JSON.stringify(metadata),
    },
    body: JSON.stringify({ model: 'x', stream, messages: [{ role: 'user', content: 'word '.repeat(1 + (at % 17)) }] }),
    signal,
  });
}

/** Asks for a slow stream and hangs up after its first bytes. */
async function hangUp(gateway: Gateway): Promise<void> {
  const controller = new AbortController();
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${KEYS[0]}`,
      'content-type': 'application/json',
      'x-signalbox-metadata': JSON.stringify({ sandbox: 'words:50, hang-after:5' }),
    },
    body: JSON.stringify({ model: 'x', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
    signal: controller.signal,
  });
  await response.body?.getReader().read();
  controller.abort();
}

async function recordsOf(gateway: Gateway): Promise<readonly TrafficRecord[]> {
  const records: TrafficRecord[] = [];
  for (const { path } of await listRecordFiles(gateway.recordsDirectory ?? '')) {
    for await (const line of readRecords(path)) if (line.kind === 'record') records.push(line.record);
  }
  return records;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
async function admin(gateway: Gateway, path: string): Promise<any> {
  const response = await fetch(`${gateway.url}/admin${path}`);
  return { status: response.status, ...((await response.json()) as object) };
}

async function whenIdle(gateway: Gateway): Promise<void> {
  while ((await gateway.status()).counts.inFlight > 0) await new Promise(setImmediate);
}

describe('the usage ledger', () => {
  it('agrees with the decision records and with the budgets to the micro-dollar', async (t) => {
    const gateway = await startTestGateway(t, FILES);
    const count = 300;
    for (let at = 0; at < count; at += 20) {
      const answers = Array.from({ length: 20 }, (_, index) => send(gateway, at + index));
      // A stream that is cut makes its reader fail, as it should.
      await Promise.all(answers.map(async (answer) => (await answer).text().catch(() => '')));
    }
    await Promise.all(Array.from({ length: 20 }, () => hangUp(gateway)));
    await whenIdle(gateway);

    const usage = await admin(gateway, '/usage?by=consumer&top=400');
    const { budgets } = await admin(gateway, '/budgets');
    // Both flush what they read.
    await admin(gateway, '/records?limit=1');
    const records = (await recordsOf(gateway)).filter(({ decision }) => decision?.allowed);
    assert.equal(records.length, count + 20);
    const sum = (of: (record: TrafficRecord) => number) => records.reduce((total, record) => total + of(record), 0);
    const cost = sum(({ outcome }) => outcome?.costMicroUsd ?? 0);
    assert.ok(
      records.every(({ outcome }) => outcome?.costMicroUsd !== null),
      'every price is known',
    );
    assert.ok(cost > 1000);
    assert.equal(usage.totals.costMicroUsd, cost);
    assert.equal(usage.totals.requests, records.length);
    assert.equal(usage.totals.unpriced, 0);
    assert.ok(usage.totals.estimated >= 20 && usage.totals.failed > 0 && usage.totals.fallbacks > 0);

    const used = (record: TrafficRecord) =>
      (record.attempts ?? []).reduce((all, { usage: own }) => all + (own == null ? 0 : own.input + own.output), 0);
    assert.equal(usage.totals.inputTokens + usage.totals.outputTokens, sum(used));
    for (const group of usage.groups) {
      const own = records.filter(({ request }) => request.consumer === group.key);
      assert.equal(group.requests, own.length);
      assert.equal(
        group.costMicroUsd,
        own.reduce((total, { outcome }) => total + (outcome?.costMicroUsd ?? 0), 0),
      );
    }
    const byCost = usage.top.byCost as { id: string; costMicroUsd: number }[];
    assert.equal(byCost.length, records.length);
    const costs = new Map(records.map(({ id, outcome }) => [id, outcome?.costMicroUsd]));
    for (const { id, costMicroUsd } of byCost) assert.equal(costMicroUsd, costs.get(id), id);

    const spent = (name: string) =>
      budgets.filter(({ budget }: { budget: string }) => budget === name).map((each: { spent: number }) => each.spent);
    const held = budgets.reduce((total: number, each: { held: number }) => total + each.held, 0);
    assert.equal(held, 0);
    assert.deepEqual(spent('month'), [cost]);
    assert.deepEqual(spent('calls'), [records.length]);
    assert.equal(spent('each').length, 2);
    assert.equal(spent('each')[0] + spent('each')[1], sum(used));
    // What the ledger itself adds up for each budget is what the store counted.
    for (const line of usage.forecasts) {
      const counter = budgets.find(
        (each: { budget: string; split: string[] }) =>
          each.budget === line.budget && each.split.join() === line.split.join(),
      );
      assert.equal(line.spent, counter.spent, line.budget);
    }
    assert.equal(usage.forecasts.length, budgets.length);

    const byModel = await admin(gateway, '/usage?by=model');
    assert.equal(
      byModel.groups.reduce((total: number, each: { costMicroUsd: number }) => total + each.costMicroUsd, 0),
      cost,
    );
    const byDay = await admin(gateway, '/usage?by=day');
    assert.deepEqual(byDay.totals, byModel.totals);
    assert.equal(byDay.timezone, 'Asia/Tokyo');
    assert.match(byDay.groups[0].key, /^\d{4}-\d\d-\d\d$/);
  });

  it('is whole after the gateway has closed, and refuses questions that mean nothing', async (t) => {
    const gateway = await startTestGateway(t, FILES);
    await (await send(gateway, 0)).text();
    for (const query of [
      'from=yesterday',
      'to=2026-02-30',
      'from=2026-11-02&to=2026-11-01',
      'by=colour',
      'top=-1',
      'top=x',
    ]) {
      const answer = await admin(gateway, `/usage?${query}`);
      assert.equal(answer.status, 400, query);
    }
    await gateway.close(0);
    const reader = openUsageReader(gateway.dataDir);
    t.after(() => reader?.close());
    assert.equal(reader?.timezone(), 'Asia/Tokyo');
    const dateOf = () => '';
    const report = await reader?.report({ fromMs: 0, toMs: Date.now() + 1, by: 'team', top: 1, dateOf });
    assert.equal(report?.totals.requests, 1);
    assert.equal(report?.groups[0]?.key, 'red');
  });

  it('takes in what a killed process had recorded but not accounted, once', async (t) => {
    const dataDir = makeTempDirectory(t);
    const first = await startTestGateway(t, FILES, { dataDir });
    for (let at = 0; at < 10; at++) await (await send(first, at)).text().catch(() => '');
    const before = await admin(first, '/usage');
    await first.close(0);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${dataDir}/usage.db${suffix}`, { force: true });

    const second = await startTestGateway(t, FILES, { dataDir });
    let after = await admin(second, '/usage');
    while (after.totals.requests < before.totals.requests) after = await admin(second, '/usage');
    assert.deepEqual(after.totals, before.totals);
    assert.deepEqual(after.groups, before.groups);
    assert.deepEqual(after.top, before.top);
    await second.close(0);
    const third = await startTestGateway(t, FILES, { dataDir });
    await (await send(third, 0)).text();
    const { totals } = await admin(third, '/usage');
    assert.equal(totals.requests, before.totals.requests + 1);
  });

  it('keeps budgets apart by window and split, a rolling one without a forecast', async (t) => {
    const gateway = await startTestGateway(t, {
      ...FILES,
      'rolling.yaml': document(
        'Budget',
        'rate',
        '{ limit: { requests: 100 }, window: { rolling: 1h }, onExhausted: deny }',
      ),
    });
    const none = await admin(gateway, '/budgets');
    assert.deepEqual(none.budgets.map(({ budget }: { budget: string }) => budget).toSorted(), [
      'calls',
      'month',
      'odder',
      'rate',
    ]);
    await (await send(gateway, 0)).text();
    const { budgets } = await admin(gateway, '/budgets');
    const of = (name: string) => budgets.find(({ budget }: { budget: string }) => budget === name);
    assert.deepEqual(of('each').split, ['alpha']);
    assert.equal(of('rate').spent, 1);
    assert.equal(of('rate').share, 0.01);
    assert.equal(of('rate').window.rollingMs, 3_600_000);
    assert.equal(of('rate').forecast, null);
    assert.equal((await post(gateway, '/admin/usage', {})).status, 404);
  });
});

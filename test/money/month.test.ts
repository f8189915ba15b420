import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { listRecordFiles, readRecords, type TrafficRecord } from '../../src/decision-log/index.ts';
import { startTestGateway, type TestGateway } from '../gateway/harness.ts';
import { runVerb } from '../support/run-verb.ts';
import { until } from '../support/start-redis.ts';
import { startSmtp } from '../support/start-smtp.ts';

const KEYS = { shop: `sbx_shop_${'0'.repeat(40)}`, desk: `sbx_desk_${'0'.repeat(40)}` } as const;
const TEAMS = { shop: 'product', desk: 'support' } as const;

const document = (kind: string, name: string, spec: string, labels = '') =>
  `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name}, owner: platform${labels} }\nspec: ${spec}\n`;
const model = (name: string, input: string, output: string) =>
  document(
    'Model',
    `sandbox/${name}`,
    `{ provider: sandbox, upstreamName: ${name}, contextWindow: 100000, maxOutput: 400, prices: [{ from: 2020-01-01, input: "${input}", output: "${output}", source: "https://example.com", readAt: 2026-11-01 }] }`,
  );
const consumer = (name: keyof typeof KEYS) =>
  document(
    'Consumer',
    name,
    `{ keys: [{ id: k1, sha256: ${hash('sha256', KEYS[name])}, createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }`,
    `, labels: { team: ${TEAMS[name]} }`,
  );
const budget = (name: string, limit: string, every: string, more = '') =>
  document('Budget', name, `{ limit: { ${limit} }, window: { every: ${every} }, onExhausted: warn${more} }`);

const REQUESTS_A_DAY = 12;
/** Used up at noon of the nineteenth day. */
const PACE = 18.5 * REQUESTS_A_DAY;

/** Prices with odd fractions, so that every rounding shows. */
const FILES = {
  'all.yaml': [
    document(
      'Project',
      'month',
      '{ timezone: Asia/Tokyo, mail: { from: "Signalbox <signalbox@example.com>", server: { env: SMTP_URL } }, defaults: { timeouts: { connect: 2s, firstToken: 9s, idle: 9s, total: 20s }, retry: { max: 0, on: [] } } }',
    ),
    model('odd', '0.37', '1.13'),
    model('odder', '0.777777', '3.333333'),
    document(
      'Chain',
      'two',
      '{ fallbackOn: [server-error], targets: [{ id: a, model: sandbox/odd }, { id: b, model: sandbox/odder }] }',
    ),
    document('Cache', 'half-a-day', '{ mode: exact, ttl: 12h }'),
    document('Route', 'default', '{ match: {}, chain: two }'),
    document('Route', 'kept', '{ match: { models: [faq] }, chain: two, cache: half-a-day }'),
    consumer('shop'),
    consumer('desk'),
    budget('money-month', 'cost: "1000 USD"', 'month'),
    budget('money-quarter', 'cost: "1000 USD"', 'quarter'),
    budget('money-week', 'cost: "1000 USD"', 'week'),
    budget('each-month', 'tokens: 100000000', 'month', ', per: [consumer]'),
    budget('pace', `requests: ${PACE}`, 'month'),
    document('Receiver', 'ops', '{ email: { to: [ops@example.com] } }'),
    document('Alert', 'ahead', '{ when: { metric: forecast, budget: pace, within: 8d }, to: [ops] }'),
  ].join('---\n'),
};

/** The first of November in Tokyo, a Sunday. */
const BEGIN_MS = Date.UTC(2026, 9, 31, 15);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Of each day, by hour: a model and what the sandbox is told. */
const KINDS = [
  ['faq', { sandbox: 'words:9' }],
  ['any', { sandbox: 'words:7' }],
  ['faq', { sandbox: 'words:9' }],
  ['any', { sandbox: 'words:13' }],
  ['any', { 'sandbox@two/a': 'fail:500' }],
  ['any', { sandbox: 'no-usage' }],
  ['any', { sandbox: 'fail:503' }],
  ['any', { sandbox: 'words:31' }],
] as const;

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies freely
async function admin(gateway: TestGateway, path: string): Promise<any> {
  const response = await fetch(`${gateway.url}/admin${path}`);
  assert.equal(response.status, 200, path);
  return response.json();
}

async function recordsOf(gateway: TestGateway): Promise<readonly TrafficRecord[]> {
  // Writes what is still in memory.
  await admin(gateway, '/records?limit=1');
  const records: TrafficRecord[] = [];
  for (const { path } of await listRecordFiles(gateway.recordsDirectory ?? '')) {
    for await (const line of readRecords(path)) if (line.kind === 'record') records.push(line.record);
  }
  return records;
}

async function startAt(t: TestContext) {
  const clock = { nowMs: BEGIN_MS };
  const chance = { nowMs: () => clock.nowMs, draw: () => 0.5 };
  const smtp = await startSmtp(t);
  const options = { env: { SMTP_URL: smtp.url }, alertEveryMs: 20 };
  const gateway = await startTestGateway(t, FILES, options, chance);
  let sent = 0;
  const send = async () => {
    const at = sent++;
    const [name, metadata] = KINDS[at % KINDS.length] ?? KINDS[0];
    const question = name === 'faq' ? 'When do you open?' : 'word '.repeat(1 + (at % 17));
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${at % 3 === 0 ? KEYS.desk : KEYS.shop}`,
        'content-type': 'application/json',
        'x-signalbox-metadata': JSON.stringify(metadata),
      },
      body: JSON.stringify({ model: name, messages: [{ role: 'user', content: question }] }),
    });
    await response.text();
  };
  return { gateway, clock, send, smtp };
}

/** Requests from eight in the morning on, one an hour. */
async function passDay(day: number, { clock, send }: Awaited<ReturnType<typeof startAt>>): Promise<void> {
  for (let hour = 0; hour < REQUESTS_A_DAY; hour++) {
    clock.nowMs = BEGIN_MS + day * DAY_MS + (8 + hour) * HOUR_MS;
    await send();
  }
  clock.nowMs = BEGIN_MS + (day + 1) * DAY_MS - 1;
}

const sumOf = <T>(all: readonly T[], of: (one: T) => number) => all.reduce((sum, one) => sum + of(one), 0);

describe('a month of requests', () => {
  it('adds up to the micro-dollar in every report, and its forecast names the day of the cap', async (t) => {
    const month = await startAt(t);
    const { gateway, clock, send, smtp } = month;
    const pace = async () =>
      (await admin(gateway, '/budgets')).budgets.find((each: { budget: string }) => each.budget === 'pace');
    const isAhead = async () =>
      (await admin(gateway, '/alerts')).alerts.find((each: { alert: string }) => each.alert === 'ahead')?.state;

    for (let day = 0; day < 6; day++) await passDay(day, month);
    await until(async () => (await isAhead()) === 'quiet');
    for (let day = 6; day < 11; day++) await passDay(day, month);
    const { forecast, spent } = await pace();
    assert.equal(spent, 11 * REQUESTS_A_DAY);
    assert.match(forecast.reachesLimitAt, /^2026-11-(18T1[5-9]|18T2|19T0|19T1[0-4])/, 'on the 19th, in Tokyo');
    await until(async () => (await isAhead()) === 'firing');
    await until(async () => smtp.mails.length > 0);
    assert.match(smtp.mails[0]?.text ?? '', /pace/);
    for (let day = 11; day < 30; day++) await passDay(day, month);
    // The last moment of November, and the first of December.
    await send();
    const inNovember = 30 * REQUESTS_A_DAY + 1;
    clock.nowMs = BEGIN_MS + 30 * DAY_MS;
    await send();
    await send();

    const all = (await recordsOf(gateway)).filter(({ decision }) => decision?.allowed);
    assert.equal(all.length, inNovember + 2);
    const records = all.filter(({ at }) => Date.parse(at) < BEGIN_MS + 30 * DAY_MS);
    assert.equal(records.length, inNovember);
    const cost = sumOf(records, ({ outcome }) => outcome?.costMicroUsd ?? 0);
    const saved = sumOf(records, ({ outcome }) => outcome?.savedMicroUsd ?? 0);
    assert.ok(cost > 1000 && saved > 100, `${cost} and ${saved}`);

    for (const by of ['consumer', 'team', 'model', 'route', 'provider', 'day'] as const) {
      const { totals, groups } = await admin(gateway, `/usage?from=2026-11-01&to=2026-12-01&by=${by}`);
      assert.deepEqual([totals.requests, totals.costMicroUsd, totals.savedMicroUsd], [inNovember, cost, saved], by);
      assert.equal(
        sumOf(groups as { costMicroUsd: number }[], (group) => group.costMicroUsd),
        cost,
        by,
      );
      if (by !== 'team' && by !== 'day') continue;
      const range = ['--from', '2026-11-01', '--to', '2026-12-01', '--by', by, '--data-dir', gateway.dataDir];
      const run = (format: string) => runVerb(t, ['usage', ...range, '--format', format]);
      const [json, csv] = await Promise.all([run('json'), run('csv')]);
      assert.deepEqual([json.code, csv.code], [0, 0], json.stderr + csv.stderr);
      const told = JSON.parse(json.stdout);
      assert.deepEqual([told.totals, told.groups], [totals, groups], by);
      const [head = '', ...rows] = csv.stdout.trimEnd().split('\r\n');
      assert.equal(rows.length, by === 'day' ? 30 : 2);
      const column = (name: string) => {
        const at = head.split(',').indexOf(name);
        return sumOf(rows, (row) => Math.round(Number(row.split(',')[at]) * 1e6));
      };
      assert.deepEqual([column('cost_usd'), column('saved_usd')], [cost, saved], by);
    }

    // A budget of the month was charged the same, and the next month began with nothing.
    const of = (list: { budget: string; spent: number; held: number }[], name: string) =>
      sumOf(
        list.filter(({ budget: own }) => own === name),
        ({ spent: own, held }) => own + held,
      );
    const december = sumOf(all, ({ outcome }) => outcome?.costMicroUsd ?? 0) - cost;
    const next = (await admin(gateway, '/budgets')).budgets;
    assert.equal(of(next, 'money-month'), december);
    assert.equal(of(next, 'pace'), 2);
    // From Monday the thirtieth; and from October on.
    const monday = BEGIN_MS + 29 * DAY_MS;
    const week = sumOf(all, ({ at, outcome }) => (Date.parse(at) >= monday ? (outcome?.costMicroUsd ?? 0) : 0));
    assert.equal(of(next, 'money-week'), week);
    assert.equal(of(next, 'money-quarter'), cost + december);
    clock.nowMs = BEGIN_MS + 30 * DAY_MS - 1;
    const last = (await admin(gateway, '/budgets')).budgets;
    assert.equal(of(last, 'money-month'), cost);
    const tokens = sumOf(records, ({ attempts }) =>
      sumOf(attempts ?? [], ({ usage }) => (usage == null ? 0 : usage.input + usage.output)),
    );
    assert.equal(of(last, 'each-month'), tokens);
  });
});

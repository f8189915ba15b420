import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { createFailedKeys } from '../../src/gateway/failed-keys.ts';
import { ask, KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const PATH = '/v1/chat/completions';

describe('unknown keys from one address', () => {
  it('are answered 429 after twenty, with the time to wait, and without a record', async (t) => {
    const gateway = await setUp(t);
    const answers = [];
    for (let n = 0; n < 30; n++) answers.push(await post(gateway, PATH, ask('to-openai'), guess(n)));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [...Array(20).fill(401), ...Array(10).fill(429)],
    );
    const last = answers.at(-1);
    assert.equal(last?.headers.get('x-signalbox-error'), 'rate_limited');
    assert.ok(Number(last?.headers.get('retry-after')) >= 1);
    assert.match(last?.headers.get('x-signalbox-request-id') ?? '', /^req_/);
    const records = await fetch(`${gateway.url}/admin/records`, { headers: { authorization: 'Bearer admin' } });
    assert.equal(((await records.json()) as { records: unknown[] }).records.length, 20);
    const told = gateway.logged.filter(({ text }) => text.includes('unknown keys'));
    assert.deepEqual(
      told.map(({ level, fields }) => [level, fields.ip]),
      [['warn', '127.0.0.1']],
    );
    assert.ok(!JSON.stringify(gateway.logged).includes('sbx_guess'));
  });

  it('lock out nobody whose key is known, nor the administrator', async (t) => {
    const gateway = await setUp(t);
    for (let n = 0; n < 40; n++) await post(gateway, PATH, ask('to-openai'), guess(n));
    const known = { authorization: `Bearer ${KEYS.team}` };
    for (let n = 0; n < 5; n++) assert.equal((await post(gateway, PATH, ask('to-openai'), known)).status, 200);
    assert.equal((await fetch(`${gateway.url}/v1/models`, { headers: known })).status, 200);
    const admin = { headers: { authorization: 'Bearer admin' } };
    assert.equal((await fetch(`${gateway.url}/admin/status`, admin)).status, 200);
    // A key that is known and no longer holds is told so.
    assert.equal((await post(gateway, PATH, ask('to-openai'), { 'x-api-key': KEYS.expired })).status, 403);
  });

  it('count wherever they are tried: calls, lists of models, sessions, the admin API', async (t) => {
    const gateway = await setUp(t);
    const tries: (() => Promise<number>)[] = [
      async () => (await post(gateway, '/v1/messages', ask('x'), guess(1))).status,
      async () => (await fetch(`${gateway.url}/v1/models`, { headers: guess(2) })).status,
      async () => (await fetch(`${gateway.url}/admin/status`, { headers: { authorization: 'Bearer wrong' } })).status,
      async () => (await fetch(`${gateway.url}/v1beta/models`, { headers: guess(3) })).status,
    ];
    for (let n = 0; n < 20; n++) assert.equal(await tries[n % 4]?.(), 401);
    for (const attempt of tries) assert.equal(await attempt(), 429);
  });

  it('are told apart behind trusted proxies, and by nothing else that a caller says', async (t) => {
    const proxied = await setUp(t, '\n  trustedProxies: [127.0.0.1/32]');
    const from = (ip: string, n: number) => ({ ...guess(n), 'x-forwarded-for': ip });
    for (let n = 0; n < 25; n++) await post(proxied, PATH, ask('x'), from('203.0.113.9', n));
    assert.equal((await post(proxied, PATH, ask('x'), from('203.0.113.9', 99))).status, 429);
    assert.equal((await post(proxied, PATH, ask('x'), from('203.0.113.10', 99))).status, 401);

    const direct = await setUp(t);
    for (let n = 0; n < 20; n++) await post(direct, PATH, ask('x'), from(`203.0.113.${n}`, n));
    assert.equal((await post(direct, PATH, ask('x'), from('203.0.113.99', 99))).status, 429);
  });
});

describe('the table of failures', () => {
  it('lets one more through as time passes, and forgets in the end', () => {
    let nowMs = 0;
    const table = createFailedKeys({ burst: 3, everyMs: 1000, maxAddresses: 10 }, () => nowMs);
    assert.deepEqual([table.add('a'), table.add('a'), table.waitMs('a')], [false, false, 0]);
    assert.deepEqual([table.add('a'), table.waitMs('a')], [true, 1000]);
    assert.deepEqual([table.add('a'), table.waitMs('b')], [false, 0]);
    nowMs = 2000;
    assert.equal(table.waitMs('a'), 0);
    nowMs = 60_000;
    assert.deepEqual([table.waitMs('a'), table.size()], [0, 0]);
  });

  it('remembers so many addresses, and forgets who failed least recently', () => {
    const table = createFailedKeys({ burst: 1, everyMs: 1000, maxAddresses: 1000 }, () => 0);
    table.add('first');
    for (let n = 0; n < 5000; n++) {
      table.add(`10.0.${n >> 8}.${n & 255}`);
      if (n % 500 === 0) table.add('first');
    }
    assert.equal(table.size(), 1000);
    assert.ok(table.waitMs('first') > 0);
    assert.equal(table.waitMs('10.0.0.1'), 0);
  });

  it('takes a network of IPv6 for one address, and IPv4 in IPv6 for IPv4', () => {
    const table = createFailedKeys({ burst: 1, everyMs: 1000, maxAddresses: 10 }, () => 0);
    table.add('2001:db8:0:7::1');
    assert.ok(table.waitMs('2001:0db8::7:ffff:1:2:3') > 0);
    assert.equal(table.waitMs('2001:db8:0:8::1'), 0);
    table.add('::ffff:192.0.2.1');
    assert.ok(table.waitMs('192.0.2.1') > 0);
    assert.equal(table.waitMs('192.0.2.2'), 0);
  });
});

/** Some key that nobody has. */
function guess(n: number): Record<string, string> {
  return { 'x-api-key': `sbx_guess_${String(n).padStart(40, '0')}` };
}

async function setUp(t: TestContext, project = '') {
  const providers = await startProviders(t);
  providers.openai.otherwise(OPENAI.whole);
  const files = policyFiles(providers);
  files['signalbox.yaml'] = `${files['signalbox.yaml']}`.replace('\nspec:', `\nspec:${project}`);
  return startTestGateway(t, files, { env: SECRETS, environment: 'production', adminToken: 'admin' });
}

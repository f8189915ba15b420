import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { AuditEntry } from '../../src/gateway/operations/admin-audit.ts';
import { policyFiles, post, SECRETS, startProviders, startTestGateway, type TestGateway } from './harness.ts';

const TOKEN = { authorization: 'Bearer hush-hush-hush' };

const SILENCE = { alert: '*', for: '1h', reason: 'ask [address]', by: 'Mia' };

describe('the audit of the admin API', () => {
  it('has every act, refused or not: who, what, when, and how it ended', async (t) => {
    const gateway = await setUp(t);
    await post(gateway, '/admin/reload', {}, TOKEN);
    await post(gateway, '/admin/cache/purge', { route: 'default' }, TOKEN);
    await post(gateway, '/admin/silences', { alert: '*', for: '1h', reason: 'ask mia@example.com', by: 'Mia' }, TOKEN);
    await post(gateway, '/admin/silences', { alert: '*' }, TOKEN);
    await fetch(`${gateway.url}/admin/silences/none`, { method: 'DELETE', headers: TOKEN });
    await fetch(`${gateway.url}/admin/records/req_1`, { headers: TOKEN });
    await fetch(`${gateway.url}/admin/status`, { headers: TOKEN });
    await post(gateway, '/admin/reload', {}, { authorization: 'Bearer wrong-wrong' });
    await post(gateway, '/admin/reload', {}, { ...TOKEN, origin: 'https://evil.example' });
    const entries = await audited(gateway, 8);
    assert.deepEqual(
      entries.map(({ by, method, path, ids, what, status, code }) => [by, method, path, ids, what, status, code]),
      [
        ['token', 'POST', '/admin/reload', {}, {}, 200, null],
        ['token', 'POST', '/admin/cache/purge', {}, { route: 'default' }, 200, null],
        ['token', 'POST', '/admin/silences', {}, SILENCE, 200, null],
        ['token', 'POST', '/admin/silences', {}, { alert: '*' }, 400, 'invalid_request'],
        ['token', 'DELETE', '/admin/silences/:id', { id: 'none' }, {}, 404, 'not_found'],
        ['token', 'GET', '/admin/records/:id', { id: 'req_1' }, {}, 404, 'not_found'],
        [null, 'POST', '/admin/reload', {}, {}, 401, 'invalid_api_key'],
        [null, 'POST', '/admin/reload', {}, {}, 403, 'route_denied'],
      ],
    );
    for (const { at, ip } of entries) {
      assert.equal(ip, '127.0.0.1');
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, at);
    }
  });

  it('holds no token, no key and no prompt, and only its owner can read it', async (t) => {
    const gateway = await setUp(t);
    const key = `sk-proj-${'a1B2c3D4'.repeat(6)}`;
    await post(gateway, '/admin/silences', { alert: '*', for: '1h', reason: `leaked ${key}` }, TOKEN);
    await post(gateway, '/admin/explain', { model: 'heron-at-dusk', metadata: { note: 'heron-at-dusk' } }, TOKEN);
    await post(gateway, '/admin/reload', {}, { authorization: 'Bearer heron-at-dusk' });
    await audited(gateway, 3);
    const text = readFileSync(fileOf(gateway), 'utf8') + JSON.stringify(gateway.logged);
    for (const secret of ['hush', key, 'heron']) assert.ok(!text.includes(secret), secret);
    assert.equal(statSync(fileOf(gateway)).mode & 0o777, 0o600);
  });

  it('says that a program on this machine was let in without a token', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    await post(gateway, '/admin/reload', {});
    await post(gateway, '/admin/reload', {}, { authorization: 'Bearer of-another-gateway' });
    assert.deepEqual(
      (await audited(gateway, 2)).map(({ by }) => by),
      ['loopback', 'loopback'],
    );
  });
});

describe('browsers at the admin API', () => {
  it('are let in from its own pages only, whatever they carry', async (t) => {
    const gateway = await setUp(t);
    const own = new URL(gateway.url).host;
    for (const [headers, status] of [
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ origin: 'https://evil.example' }, 403],
      [{ origin: 'null' }, 403],
      [{ origin: `http://${own}.evil.example` }, 403],
      [{ 'sec-fetch-site': 'cross-site', origin: `http://${own}` }, 403],
      [{ 'sec-fetch-site': 'same-origin', origin: `http://${own}` }, 200],
      [{ 'sec-fetch-site': 'none' }, 200],
      [{}, 200],
    ] as const) {
      const answer = await post(gateway, '/admin/reload', {}, { ...TOKEN, ...headers });
      assert.equal(answer.status, status, JSON.stringify(headers));
    }
  });

  it('are told to run, frame, keep and guess nothing, by answers and refusals alike', async (t) => {
    const gateway = await setUp(t);
    for (const headers of [TOKEN, {}]) {
      const answer = await fetch(`${gateway.url}/admin/status`, { headers });
      assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'.*frame-ancestors 'none'/);
      assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(answer.headers.get('x-frame-options'), 'DENY');
      assert.equal(answer.headers.get('cache-control'), 'no-store');
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    }
  });
});

async function setUp(t: TestContext): Promise<TestGateway> {
  const providers = await startProviders(t);
  return startTestGateway(t, policyFiles(providers), {
    ...{ env: SECRETS, environment: 'production', adminToken: 'hush-hush-hush' },
  });
}

function fileOf({ dataDir }: TestGateway): string {
  const [name = ''] = readdirSync(dataDir).filter((each) => each.startsWith('audit-'));
  return join(dataDir, name);
}

/** The entries, once so many are written. */
async function audited(gateway: TestGateway, count: number): Promise<AuditEntry[]> {
  for (;;) {
    const isThere = readdirSync(gateway.dataDir).some((each) => each.startsWith('audit-'));
    const lines = isThere ? readFileSync(fileOf(gateway), 'utf8').split('\n').slice(0, -1) : [];
    if (lines.length >= count) return lines.map((line) => JSON.parse(line));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

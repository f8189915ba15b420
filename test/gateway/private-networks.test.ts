import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WebSocket } from 'ws';
import { chatAnswer, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { type DnsServer, startDns } from '../support/start-dns.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { ask, KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';

// Of a part of IPv6 that is given to nobody: public by every list, and reached by no machine.
const NOWHERE = '4000::1';

async function setUp(t: Cleanup, dns: DnsServer, host: string, more: Readonly<Record<string, string>> = {}) {
  const providers = await startProviders(t);
  providers.openai.otherwise(chatAnswer('Hi'));
  const port = new URL(providers.openai.url).port;
  const url = `http://${host}:${port}`;
  const files = policyFiles({ ...providers, openai: { ...providers.openai, url } }, more);
  files['signalbox.yaml'] = files['signalbox.yaml']?.replace('connect: 2s', 'connect: 200ms') ?? '';
  const chance = { nowMs: Date.now, draw: Math.random, resolve: dns.resolve };
  const gateway = await startTestGateway(t, files, { env: SECRETS }, chance);
  const send = (fields: object = {}, headers: Readonly<Record<string, string>> = {}) =>
    post(gateway, '/v1/chat/completions', ask('to-openai', fields), headers);
  return { gateway, openai: providers.openai, port, send };
}

describe('a name that leads into a private network', () => {
  it('is called where the project lists it, at the next reload and until it is taken off again', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1']);
    const { gateway, openai, send } = await setUp(t, dns, 'llm.corp.example');
    const refused = await send();
    assert.equal(refused.status, 502);
    assert.equal(refused.headers.get('x-signalbox-error'), 'chain_exhausted');
    assert.doesNotMatch(refused.text, /corp\.example/, 'the caller is told nothing of the network');
    const problem =
      'llm.corp.example leads to this machine; if that is meant, list it in `privateHosts` of the Project';
    const id = refused.headers.get('x-signalbox-request-id');
    const record = (await (await fetch(`${gateway.url}/admin/records/${id}`)).json()) as {
      readonly attempts: readonly Readonly<Record<string, unknown>>[];
    };
    assert.deepEqual(
      record.attempts.map(({ outcome, problem }) => ({ outcome, problem })),
      [{ outcome: 'network', problem }],
    );
    await send();
    const warnings = gateway.logged.filter(({ text }) => /a name leads where/.test(text));
    assert.deepEqual(
      warnings.map(({ level, fields }) => ({ level, fields })),
      [{ level: 'warn', fields: { host: 'llm.corp.example', problem } }],
      'once a minute',
    );
    assert.equal(openai.requests.length, 0);

    const file = join(gateway.policies, 'signalbox.yaml');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('spec:\n', 'spec:\n  privateHosts: ["*.corp.example"]\n'));
    assert.equal((await gateway.reload('test')).accepted, true);
    assert.equal((await send()).status, 200);
    assert.equal((await send()).status, 200);
    assert.equal(openai.connections().total, 1, 'the connection is kept');

    writeFileSync(file, before);
    assert.equal((await gateway.reload('test')).accepted, true);
    assert.equal((await send()).status, 502, 'nor by the connection that is still there');
    assert.equal(openai.requests.length, 2);
  });

  it('cannot be reached by rebinding: the address that was looked at is the one that is connected to', async (t) => {
    const dns = await startDns(t, (_, before) => (before === 0 ? [NOWHERE] : ['127.0.0.1']));
    const { gateway, openai, send } = await setUp(t, dns, 'rebinding.example.com');
    assert.equal((await send()).status, 502);
    assert.deepEqual(dns.asked, ['rebinding.example.com'], 'one look-up for a connection');
    assert.equal(openai.connections().total, 0, 'and it went to the public address');
    assert.equal((await send()).status, 502);
    assert.equal(dns.asked.length, 2);
    assert.equal(openai.connections().total, 0);
    assert.equal(gateway.logged.filter(({ text }) => /a name leads where/.test(text)).length, 1);
  });

  it('is called by the public address beside it alone', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1', NOWHERE]);
    const { openai, send } = await setUp(t, dns, 'mixed.example.com');
    assert.equal((await send()).status, 502);
    assert.equal(openai.connections().total, 0);
  });

  it('is not called by a session in both directions', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1']);
    const { gateway, openai } = await setUp(t, dns, 'live.example.com');
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/realtime?model=to-openai`, {
      headers: { authorization: `Bearer ${KEYS.team}` },
    });
    const status = await new Promise((resolve) => {
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
      socket.on('open', () => resolve('open'));
      socket.on('message', (data) => resolve(String(data)));
      socket.on('error', () => undefined);
    });
    socket.terminate();
    assert.match(String(status), /^502$|chain_exhausted/);
    assert.deepEqual(dns.asked, ['live.example.com']);
    assert.equal(openai.connections().total, 0);
  });

  it('is not called by a remote check', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1']);
    const service = await startScriptedUpstream();
    t.after(() => service.close());
    service.otherwise({ body: { verdict: 'pass' } });
    const url = `http://guard.example.com:${new URL(service.url).port}/`;
    const { openai, send } = await setUp(t, dns, '127.0.0.1', {
      'guard.yaml': `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec: { checks: [{ id: remote, check: webhook, url: "${url}", onError: block, action: block, timeout: 3s }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [safe] }
`,
    });
    const { status, headers } = await send({ model: 'guarded' });
    assert.equal(status, 400);
    assert.equal(headers.get('x-signalbox-error'), 'guardrail_blocked');
    assert.deepEqual(dns.asked, ['guard.example.com']);
    assert.equal(service.connections().total + openai.connections().total, 0);
  });
});

describe('an address that a policy writes', () => {
  for (const spelling of ['127.0.0.1', '2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[::ffff:127.0.0.1]']) {
    it(`names itself as ${spelling}, and is not looked up`, async (t) => {
      const dns = await startDns(t, () => []);
      const { send } = await setUp(t, dns, spelling);
      assert.equal((await send()).status, 200);
      assert.deepEqual(dns.asked, []);
    });
  }
});

describe('a host that a caller names', () => {
  it('is refused in every spelling of an address that is not listed, and looked up by no one', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1']);
    const { openai, port, send } = await setUp(t, dns, '127.0.0.1');
    const hosts = [
      ...['169.254.169.254', '2852039166', '0xa9fea9fe', '0251.0376.0251.0376', '[::ffff:169.254.169.254]'],
      ...['localhost', '0.0.0.0', '127.0.0.2', '[::1]', '10.0.0.1', '%31%32%37.0.0.2', 'llm.example.com', '127.0.0.1.'],
    ];
    for (const host of hosts) {
      const config = { provider: 'up-openai', api_key: 'k', custom_host: `http://${host}:${port}/v1` };
      const { status, headers } = await send({}, { 'x-portkey-config': JSON.stringify(config) });
      // Another spelling of what is listed is what is listed.
      const isListed = host === '127.0.0.1.';
      assert.equal(status, isListed ? 200 : 400, host);
      if (!isListed) assert.equal(headers.get('x-signalbox-error'), 'host_not_allowed');
    }
    assert.deepEqual(dns.asked, []);
    assert.equal(openai.requests.length, 1);
  });

  it('leads where its name may, listed or not', async (t) => {
    const dns = await startDns(t, () => ['127.0.0.1']);
    const { gateway, openai, port, send } = await setUp(t, dns, '127.0.0.1');
    const file = join(gateway.policies, 'environments.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('set: [127.0.0.1]', 'set: [127.0.0.1, llm.example.com]'));
    assert.equal((await gateway.reload('test')).accepted, true);
    const config = { provider: 'up-openai', api_key: 'k', custom_host: `http://llm.example.com:${port}/v1` };
    const { status } = await send({}, { 'x-portkey-config': JSON.stringify(config) });
    assert.equal(status, 502);
    assert.equal(openai.connections().total, 0);
  });
});

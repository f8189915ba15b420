import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isIpAllowed } from '../../src/decision/index.ts';
import type { ActivePolicies } from '../../src/gateway/active-policies.ts';
import { identify } from '../../src/gateway/identify.ts';
import type { InboundCall } from '../../src/gateway/inbound-call.ts';
import type { ConsumerKey } from '../../src/snapshot/index.ts';
import { compileInline } from '../support/compile-inline.ts';
import { requireAddress } from '../support/skip.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const keyOf = (name: string) => `sbx_${name.padEnd(40, '0')}`;
const bearer = (name: string) => ({ authorization: `Bearer ${keyOf(name)}` });
const key = (name: string, more = 'expiresAt: 2099-01-01') =>
  `{ id: ${name}, sha256: ${hash('sha256', keyOf(name))}, createdAt: 2026-01-01, ${more} }`;
const consumer = (name: string, spec: string) =>
  `apiVersion: signalbox/v1\nkind: Consumer\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

describe('the list of addresses of a consumer', () => {
  it('holds IPv6, and IPv4 in whatever form the connection has it', async (t) => {
    if (!requireAddress(t, '::1')) return;
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const files = policyFiles(providers, {
      'addresses.yaml': [
        consumer('four', `{ keys: [${key('four')}], ipAllow: [127.0.0.0/8] }`),
        consumer('six', `{ keys: [${key('six')}], ipAllow: ["::1/128"] }`),
        consumer('mapped', `{ keys: [${key('mapped')}], ipAllow: ["::ffff:127.0.0.0/104"] }`),
        consumer('other', `{ keys: [${key('other')}], ipAllow: [192.0.2.0/24, "2001:db8::/32"] }`),
      ].join('---\n'),
    });
    // A socket for both families sees IPv4 as ::ffff:127.0.0.1.
    const gateway = await startTestGateway(t, files, { env: SECRETS, environment: 'production', host: '::' });
    const statusOf = async (name: string, host: string) => {
      const url = `http://${host}:${gateway.port}`;
      return (await post({ url }, '/v1/chat/completions', ask('to-openai'), bearer(name))).status;
    };
    for (const [name, overFour, overSix] of [
      ['four', 200, 403],
      ['six', 403, 200],
      ['mapped', 200, 403],
      ['other', 403, 403],
    ] as const) {
      assert.deepEqual([await statusOf(name, '127.0.0.1'), await statusOf(name, '[::1]')], [overFour, overSix], name);
    }
  });

  it('is read as the system reads blocks, and keeps the two families apart', () => {
    const four = fc.ipV4();
    const six = fc.ipV6().filter((address) => !isIpAllowed(['::ffff:0.0.0.0/96'], address));
    const mapped = four.map((address) => `::ffff:${address}`);
    const block = fc.oneof(
      fc.tuple(four, fc.integer({ min: 0, max: 32 })),
      fc.tuple(six, fc.integer({ min: 0, max: 128 })),
    );
    fc.assert(
      fc.property(block, fc.oneof(four, six, mapped), fc.boolean(), ([network, prefix], other, isOwn) => {
        const family = isIPv6(network) ? 'ipv6' : 'ipv4';
        const list = new BlockList();
        list.addSubnet(network, prefix, family);
        const asked = isOwn ? network : other;
        const plain = asked.replace(/^::ffff:(?=[\d.]+$)/, '');
        const isSame = isIPv6(plain) === isIPv6(network);
        assert.equal(isIpAllowed([`${network}/${prefix}`], asked), isSame && list.check(plain, family));
        if (family === 'ipv4')
          assert.equal(isIpAllowed([`::ffff:${network}/${96 + prefix}`], asked), list.check(plain, 'ipv4') && isSame);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the keys of a consumer', () => {
  it('are several while they change, each until the midnight on which it ends', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const elsewhere = key('elsewhere', 'environments: [development]');
    const here = key('here', 'environments: [development, production]');
    const spec = `{ keys: [${key('old', 'expiresAt: 2026-12-01')}, ${key('new')}, ${elsewhere}, ${here}] }`;
    const files = policyFiles(providers, { 'rotating.yaml': consumer('rotating', spec) });
    let nowMs = Date.UTC(2026, 11, 1) - 1;
    const options = { env: SECRETS, environment: 'production' };
    const gateway = await startTestGateway(t, files, options, { nowMs: () => nowMs, draw: Math.random });
    const statusOf = async (name: string) =>
      (await post(gateway, '/v1/chat/completions', ask('to-openai'), bearer(name))).status;
    assert.deepEqual([await statusOf('old'), await statusOf('new')], [200, 200]);
    nowMs += 1;
    assert.deepEqual([await statusOf('old'), await statusOf('new')], [403, 200]);
    // A key of another environment is unknown here.
    assert.deepEqual([await statusOf('elsewhere'), await statusOf('here')], [401, 200]);
    const usage = (await (await fetch(`${gateway.url}/admin/status`)).json()) as object;
    assert.ok(!JSON.stringify(usage).includes(keyOf('old')));
  });

  it('are looked up once, by the digest of the whole key, and never compared', () => {
    const asked: string[] = [];
    class Keys extends Map<string, ConsumerKey> {
      override get(digest: string) {
        asked.push(digest);
        return super.get(digest);
      }
      // Whoever walks the keys to compare them takes longer the more of one is right.
      override forEach = (): never => assert.fail('the keys are walked');
      override keys = (): never => assert.fail('the keys are walked');
      override values = (): never => assert.fail('the keys are walked');
      override entries = (): never => assert.fail('the keys are walked');
      override [Symbol.iterator] = (): never => assert.fail('the keys are walked');
    }
    const { snapshot } = compileInline(consumer('shop', `{ keys: [${key('known')}] }`));
    assert.ok(snapshot);
    const keys = new Keys();
    for (const [digest, entry] of snapshot.keys) keys.set(digest, entry);
    const active = { snapshot: { ...snapshot, keys } } as unknown as ActivePolicies;
    const known = keyOf('known');
    for (const sent of [known, `${known.slice(0, -1)}1`, known.replace('known', 'unknown'), `${known}0`]) {
      const call = { headers: { authorization: `Bearer ${sent}` }, queryKey: null, ip: null, startedMs: 0 };
      const who = () => identify(active, call as unknown as InboundCall);
      if (sent === known) assert.equal(who().keyId, 'known');
      else assert.throws(who, { code: 'invalid_api_key' });
      assert.deepEqual(asked.splice(0), [hash('sha256', sent)]);
    }
  });
});

describe('what a consumer may use', () => {
  it('are the endpoints, routes and models of its lists, and none that is denied', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const spec = `{ keys: [${key('limited')}], allow: { endpoints: [chat], routes: [default, to-openai, to-gemini] }, deny: { models: ["up-gemini/*"] } }`;
    const files = policyFiles(providers, { 'limited.yaml': consumer('limited', spec) });
    const gateway = await startTestGateway(t, files, { env: SECRETS, environment: 'production' });
    const codeOf = async (path: string, body: object) => {
      const { status, headers } = await post(gateway, path, body, bearer('limited'));
      return [status, headers.get('x-signalbox-error')];
    };
    const chat = '/v1/chat/completions';
    assert.deepEqual(await codeOf(chat, ask('to-openai')), [200, null]);
    assert.deepEqual(await codeOf(chat, ask('to-anthropic')), [403, 'route_not_allowed']);
    assert.deepEqual(await codeOf(chat, ask('to-gemini')), [403, 'model_not_allowed']);
    const embeddings = { model: 'to-openai', input: 'Hi' };
    assert.deepEqual(await codeOf('/v1/embeddings', embeddings), [403, 'endpoint_not_allowed']);
    assert.equal(providers.openai.requests.length, 1);
  });

  it('are all but what is denied, where nothing is allowed by name', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const spec = `{ keys: [${key('limited')}], deny: { endpoints: [messages], routes: ["to-g*"] } }`;
    const files = policyFiles(providers, { 'limited.yaml': consumer('limited', spec) });
    const gateway = await startTestGateway(t, files, { env: SECRETS, environment: 'production' });
    const codeOf = async (path: string, model: string) =>
      (await post(gateway, path, ask(model), bearer('limited'))).headers.get('x-signalbox-error');
    assert.equal(await codeOf('/v1/chat/completions', 'to-openai'), null);
    assert.equal(await codeOf('/v1/chat/completions', 'to-gemini'), 'route_not_allowed');
    assert.equal(await codeOf('/v1/messages', 'to-openai'), 'endpoint_not_allowed');
  });
});

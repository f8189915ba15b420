import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { Agent, request } from 'undici';
import { createGuardedLookup, isNoOnes } from '#network';

const REFUSED = [
  ...['169.254.169.254', '169.254.0.1', '0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '100.100.100.200'],
  ...['fe80::1', 'ff02::1', 'fd00:ec2::254', '::', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '64:ff9b::a9fe:a9fe'],
];
const ALLOWED = [
  '127.0.0.1',
  '10.1.2.3',
  '192.168.1.1',
  '93.184.216.34',
  '::1',
  'fd12:3456::1',
  '2606:4700::1111',
  '::ffff:10.0.0.1',
];
const of = (address: string): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 });

describe('a name', () => {
  for (const address of REFUSED) test(`may not lead to ${address}`, () => assert.ok(isNoOnes(of(address))));
  for (const address of ALLOWED) test(`may lead to ${address}`, () => assert.ok(!isNoOnes(of(address))));

  test('that leads to the metadata service and to a provider is called at the provider', async (t) => {
    const server = createServer((_, reply) => reply.end('provider')).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const lookup = createGuardedLookup((_, __, callback) => callback(null, [of('169.254.169.254'), of('127.0.0.1')]));
    const dispatcher = new Agent({ connect: { lookup } });
    t.after(() => dispatcher.close());
    const answer = await request(`http://llm.example.com:${port}/`, { dispatcher });
    assert.equal(await answer.body.text(), 'provider');
  });

  test('that leads to the metadata service alone is not called, and one that is rebound to it neither', async (t) => {
    const answers = ['127.0.0.1', '169.254.169.254'];
    const asked: string[] = [];
    const lookup = createGuardedLookup((hostname, _, callback) => {
      asked.push(hostname);
      callback(null, [of(answers[Math.min(asked.length, answers.length) - 1] ?? '')]);
    });
    const server = createServer((_, reply) => {
      reply.setHeader('connection', 'close');
      reply.end('provider');
    }).listen(0, '127.0.0.1');
    t.after(() => server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const dispatcher = new Agent({ connect: { lookup } });
    t.after(() => dispatcher.destroy());
    const url = `http://rebinding.example.com:${port}/`;
    assert.equal((await request(url, { dispatcher })).statusCode, 200);
    await assert.rejects(request(url, { dispatcher }), { code: 'EFORBIDDEN' });
    assert.deepEqual(asked, ['rebinding.example.com', 'rebinding.example.com']);
  });
});

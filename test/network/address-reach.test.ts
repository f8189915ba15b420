import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { describe, it } from 'node:test';
import { type AddressReach, addressReach, mayLeadTo } from '#network';

const ADDRESSES: Readonly<Record<AddressReach, readonly string[]>> = {
  nobody: [
    ...['169.254.169.254', '169.254.0.1', '0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '100.100.100.200'],
    ...['fe80::1', 'ff02::1', 'fd00:ec2::254', '::', '::ffff:169.254.169.254', '::ffff:a9fe:a9fe'],
    ...['64:ff9b::a9fe:a9fe', '2002:a9fe:a9fe::', '::a9fe:a9fe', '64:ff9b::6464:64c8'],
  ],
  loopback: [
    ...['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1', '::7f00:1'],
    '2002:7f00:1::1',
  ],
  private: [
    ...['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.255.254', '198.18.0.1'],
    ...['192.0.2.1', '198.51.100.1', '203.0.113.9', '192.0.0.8', 'fd12:3456::1', 'fc00::1', 'fec0::1', '2001:db8::1'],
    ...[
      '::ffff:10.0.0.1',
      '::ffff:c0a8:101',
      '64:ff9b::a00:1',
      '64:ff9b:1::a00:1',
      '2002:a00:1::',
      '3fff::1',
      '100::1',
    ],
  ],
  public: [
    ...['93.184.216.34', '8.8.8.8', '172.32.0.1', '100.128.0.1', '11.0.0.1', '192.169.0.1', '126.255.255.255'],
    ...['2606:4700::1111', '::ffff:8.8.8.8', '64:ff9b::808:808', '2002:808:808::', '2001:4860:4860::8888'],
  ],
};

describe('an address', () => {
  for (const [reach, addresses] of Object.entries(ADDRESSES)) {
    for (const address of addresses) it(`${address} is ${reach}`, () => assert.equal(addressReach(of(address)), reach));
  }
});

describe('a name', () => {
  const LISTED = ['llm.corp.example', '*.gpu.corp.example'];
  const CASES: readonly (readonly [name: string, loopback: boolean, inPrivate: boolean])[] = [
    ['localhost', true, false],
    ['localhost.', true, false],
    ['app.localhost', true, false],
    ['ollama', true, true],
    ['OLLAMA', true, true],
    ['vllm.gpu.svc', true, true],
    ['vllm.gpu.svc.cluster.local', true, true],
    ['host.docker.internal', true, true],
    ['nas.lan', true, true],
    ['nas.home.arpa', true, true],
    ['llm.corp.example', true, true],
    ['LLM.corp.example.', true, true],
    ['a.gpu.corp.example', true, true],
    ['b.a.gpu.corp.example', true, true],
    ['gpu.corp.example', false, false],
    ['xllm.corp.example', false, false],
    ['llm.corp.example.evil.example', false, false],
    ['evil-gpu.corp.example', false, false],
    ['llm.example.com', false, false],
    ['internal.example.com', false, false],
    ['notlocalhost.example', false, false],
    // Numbers are addresses in other spellings, which the system's look-up would read as such.
    ['2130706433', false, false],
    ['0x7f000001', false, false],
    ['0177.0.0.1', false, false],
    ['127.1', false, false],
  ];
  for (const [name, loopback, inPrivate] of CASES) {
    it(`${name} ${inPrivate ? 'leads into private networks' : loopback ? 'leads to loopback alone' : 'leads to public addresses alone'}`, () => {
      assert.equal(mayLeadTo(name, 'loopback', LISTED), loopback);
      assert.equal(mayLeadTo(name, 'private', LISTED), inPrivate);
      assert.equal(mayLeadTo(name, 'public', LISTED), true);
      assert.equal(mayLeadTo(name, 'nobody', LISTED), false);
    });
  }
});

function of(address: string): LookupAddress {
  return { address, family: address.includes(':') ? 6 : 4 };
}

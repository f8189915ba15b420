import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { callerAddress } from '../../src/gateway/caller-address.ts';

const proxies = ['10.0.255.0/24', 'fd00::/8'];

const CASES: readonly (readonly [peer: string | null, forwarded: string | undefined, address: string | null])[] = [
  ['10.0.255.1', undefined, '10.0.255.1'],
  ['10.0.255.1', '203.0.113.9', '203.0.113.9'],
  ['::ffff:10.0.255.1', '203.0.113.9', '203.0.113.9'],
  ['198.51.100.1', '203.0.113.9', '198.51.100.1'],
  ['10.0.255.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['10.0.255.1', '203.0.113.9, 10.0.255.2', '203.0.113.9'],
  ['10.0.255.1', '10.0.255.3, 10.0.255.2', '10.0.255.3'],
  ['fd00::1', '2001:db8::7', '2001:db8::7'],
  ['fd00::1', '[2001:db8::7]:443', '2001:db8::7'],
  ['10.0.255.1', '203.0.113.9:5121', '203.0.113.9'],
  ['10.0.255.1', '203.0.113.9, unknown', null],
  ['10.0.255.1', '', null],
  ['10.0.255.1', '203.0.113.9,', null],
  [null, '203.0.113.9', null],
];

describe('the address of a caller', () => {
  for (const [peer, forwarded, address] of CASES) {
    it(`of ${peer ?? 'nobody'} with ${forwarded === undefined ? 'no header' : `"${forwarded}"`} is ${address}`, () => {
      assert.equal(callerAddress(peer, forwarded, proxies), address);
    });
  }

  it('is the connection’s where nobody is trusted', () => {
    assert.equal(callerAddress('10.0.255.1', '203.0.113.9', null), '10.0.255.1');
  });

  it('never hangs on what stands left of the first address that is no proxy', () => {
    const proxy = fc.integer({ min: 0, max: 255 }).map((last) => `10.0.255.${last}`);
    fc.assert(
      fc.property(fc.string(), fc.array(proxy, { maxLength: 3 }), proxy, (invented, behind, peer) => {
        const header = [invented, '203.0.113.9', ...behind].join(', ');
        assert.equal(callerAddress(peer, header, proxies), '203.0.113.9');
      }),
    );
  });
});

import type { LookupAddress } from 'node:dns';
import { BlockList } from 'node:net';

/** How far an address is away: `nobody` also stands for the machine's own link and for metadata services. */
export type AddressReach = 'public' | 'private' | 'loopback' | 'nobody';

type Networks = readonly (readonly [network: string, prefix: number])[];

const NOBODY_V4: Networks = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  // Multicast and what was kept for later (RFC 5771, RFC 1112).
  ['224.0.0.0', 3],
  // The metadata service of Alibaba Cloud.
  ['100.100.100.200', 32],
];
const NOBODY_V6: Networks = [
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
  // The metadata service of AWS by IPv6.
  ['fd00:ec2::254', 128],
];
const LOOPBACK_V4: Networks = [['127.0.0.0', 8]];
const LOOPBACK_V6: Networks = [['::1', 128]];
// IANA's registries of special-purpose addresses, read 2026-11: what is not globally reachable.
const PRIVATE_V4: Networks = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
];
const PRIVATE_V6: Networks = [
  ['fc00::', 7],
  ['fec0::', 10],
  ['100::', 64],
  ['2001:2::', 48],
  ['2001:db8::', 32],
  ['3fff::', 20],
  // Translation inside one network (RFC 8215): where it leads only that network knows.
  ['64:ff9b:1::', 48],
];

const NOBODY = listOf(NOBODY_V4, NOBODY_V6);
const LOOPBACK = listOf(LOOPBACK_V4, LOOPBACK_V6);
const PRIVATE = listOf(PRIVATE_V4, PRIVATE_V6);

/** Tells how far an address is away. IPv4 within IPv6 counts as IPv4: mapped (RFC 4291), translated (RFC 6052), by 6to4 (RFC 3056). Pure. */
export function addressReach({ address, family }: LookupAddress): AddressReach {
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  if (NOBODY.check(address, kind)) return 'nobody';
  if (LOOPBACK.check(address, kind)) return 'loopback';
  return PRIVATE.check(address, kind) ? 'private' : 'public';
}

/** A list of networks; BlockList itself knows mapped addresses. */
function listOf(v4: Networks, v6: Networks): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of v6) list.addSubnet(network, prefix, 'ipv6');
  for (const [network, prefix] of v4) {
    list.addSubnet(network, prefix, 'ipv4');
    const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number);
    const high = ((a << 8) | b).toString(16);
    const low = ((c << 8) | d).toString(16);
    list.addSubnet(`64:ff9b::${high}:${low}`, 96 + prefix, 'ipv6');
    list.addSubnet(`2002:${high}:${low}::`, 16 + prefix, 'ipv6');
    // Compatible addresses are out of use (RFC 4291 §2.5.5.1), which keeps nobody from writing one.
    if (a !== 0) list.addSubnet(`::${high}:${low}`, 96 + prefix, 'ipv6');
  }
  return list;
}

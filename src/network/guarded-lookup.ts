import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { BlockList, type LookupFunction } from 'node:net';

/** Resolves a name to all of its addresses, as `dns.lookup` does. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** No name leads to one of these but by mistake or by malice: they answer on the machine's own link, as the metadata services of clouds do, or to nobody. */
const NO_ONES = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  NO_ONES.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['fe80::', 10],
  ['ff00::', 8],
  // The same IPv4 addresses through a translator (RFC 6052).
  ['64:ff9b::a9fe:0', 112],
] as const)
  NO_ONES.addSubnet(network, prefix, 'ipv6');
// Metadata services outside of the link: AWS by IPv6, Alibaba Cloud.
NO_ONES.addAddress('fd00:ec2::254', 'ipv6');
NO_ONES.addAddress('100.100.100.200', 'ipv4');
NO_ONES.addAddress('::', 'ipv6');

/** Tells whether an address is one that no name may lead to; IPv4 within IPv6 counts as IPv4. Pure. */
export function isNoOnes({ address, family }: LookupAddress): boolean {
  return NO_ONES.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Looks names up for connections, and leaves out addresses of the link, of metadata services and of nobody; with none left the connection fails with `EFORBIDDEN`. The
 * address that was looked at is the one that is connected to, so that a name cannot lead elsewhere a moment later. An address that is written in a policy is no name,
 * and is not looked up. Effects: DNS.
 */
export function createGuardedLookup(resolve: ResolveAll = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const allowed = addresses.filter((each) => !isNoOnes(each));
      const [first] = allowed;
      if (first === undefined) {
        const refused: NodeJS.ErrnoException = new Error(`${hostname} leads to no address that may be called`);
        refused.code = 'EFORBIDDEN';
        callback(refused, '');
      } else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressReach } from './address-reach.ts';
import { ForbiddenAddress } from './forbidden-address.ts';
import { mayLeadTo } from './private-names.ts';

/** Resolves a name to all of its addresses, as `dns.lookup` does. */
export type ResolveAll = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What a guarded look-up needs. */
export interface LookupRules {
  /** Names that may lead into private networks, as in `Project.spec.privateHosts`; asked at each look-up. */
  readonly privateHosts: () => readonly string[];
  readonly onRefused?: (refusal: ForbiddenAddress) => void;
  /** The system's by default. */
  readonly resolve?: ResolveAll;
}

/**
 * Looks names up for connections, and leaves out addresses that the name may not lead to; with none left the connection fails with ForbiddenAddress (`EFORBIDDEN`). The
 * address that was looked at is the one that is connected to, so that a name cannot lead elsewhere a moment later. An address that is written in a policy is no name, and
 * is not looked up. Effects: DNS.
 */
export function createGuardedLookup({ privateHosts, onRefused, resolve = systemLookup }: LookupRules): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const hosts = privateHosts();
      const allowed = addresses.filter((each) => mayLeadTo(hostname, addressReach(each), hosts));
      const [first] = allowed;
      if (first === undefined) {
        const refusal = new ForbiddenAddress(hostname, nearest(addresses));
        onRefused?.(refusal);
        callback(refusal, '');
      } else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

/** What listing the name would help, if anything does. */
function nearest(addresses: readonly LookupAddress[]): 'private' | 'loopback' | 'nobody' {
  const reaches = new Set(addresses.map(addressReach));
  return reaches.has('private') ? 'private' : reaches.has('loopback') ? 'loopback' : 'nobody';
}

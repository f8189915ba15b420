import type { LookupFunction } from 'node:net';
import type { ForbiddenAddress } from './forbidden-address.ts';
import { createGuardedLookup, type ResolveAll } from './guarded-lookup.ts';

/** Where the connections of one process may lead, by the policies in service. */
export interface Reach {
  readonly lookup: LookupFunction;
  /** Takes `Project.spec.privateHosts` of a revision into service. */
  readonly use: (privateHosts: readonly string[]) => void;
  /** Another number whenever the list is another: a connection made before is not for a call after. */
  readonly version: () => number;
}

/** Creates it, with nothing listed. Effects: DNS at each look-up. */
export function createReach(
  options: { readonly onRefused?: (refusal: ForbiddenAddress) => void; readonly resolve?: ResolveAll } = {},
): Reach {
  let hosts: readonly string[] = [];
  let version = 0;
  return {
    lookup: createGuardedLookup({ ...options, privateHosts: () => hosts }),
    use(privateHosts) {
      if (privateHosts.length === hosts.length && privateHosts.every((host, at) => host === hosts[at])) return;
      hosts = privateHosts;
      version += 1;
    },
    version: () => version,
  };
}

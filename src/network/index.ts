/** How far an address is away. Pure. */
export { type AddressReach, addressReach } from './address-reach.ts';
/** A name leads nowhere that it may lead to, in words for records and logs; found behind any error of a connection. */
export { ForbiddenAddress, forbiddenAddress } from './forbidden-address.ts';
/** Connections that are kept, and left once names may lead elsewhere. Effects: connections. */
export { createGuardedAgent, type GuardedAgent } from './guarded-agent.ts';
/** Resolves a name to all of its addresses, as `dns.lookup` does. */
export type { ResolveAll } from './guarded-lookup.ts';
/** Whether a name may lead so far. Pure. */
export { mayLeadTo } from './private-names.ts';
/** Where the connections of one process may lead, by the policies in service. Effects: DNS. */
export { createReach, type Reach } from './reach.ts';

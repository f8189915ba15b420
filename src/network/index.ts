/** Looks names up for connections, without addresses of the link, of metadata services and of nobody. Effects: DNS. */
export { createGuardedLookup, isNoOnes, type ResolveAll } from './guarded-lookup.ts';

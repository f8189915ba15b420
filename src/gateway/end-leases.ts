import type { LeaseEnd } from '#state';
import type { GatewayParts } from './gateway-parts.ts';
import { leaseCounters, leaseEntry } from './hold-memo.ts';

type Parts = Pick<GatewayParts, 'leases' | 'store' | 'usage' | 'log' | 'policies' | 'watchThresholds'>;

/**
 * Ends the holds that nobody will settle, of this process or of others, and accounts for what that charged. Never rejects: a store that is away is told of
 * by its own events.
 */
export async function endLeases(parts: Parts): Promise<readonly LeaseEnd[]> {
  const { leases, store, usage, log } = parts;
  try {
    // A process that stood still must not lose its own.
    await leases.tend();
    const { expired } = await store.sweep();
    if (expired.length === 0) return [];
    log.warn({ count: expired.length }, 'holds ended with their lease');
    keepAccount(parts, expired);
    // Told to this process alone: it should be on disk before anything can happen to it.
    await usage.flush();
    await parts.watchThresholds(parts.policies.current().snapshot, expired.flatMap(leaseCounters));
    return expired;
  } catch (error) {
    log.error({ err: error }, 'the budget store cannot be tended');
    return [];
  }
}

/** Accounts for holds that a process has ended and was killed before it could write so; what is accounted for already changes nothing. Never rejects. */
export async function recoverLeaseEnds(parts: Parts): Promise<void> {
  try {
    keepAccount(parts, await parts.store.recentLeaseEnds());
  } catch (error) {
    parts.log.error({ err: error }, 'the holds that ended last cannot be compared with the usage ledger');
  }
}

function keepAccount({ usage }: Parts, ends: readonly LeaseEnd[]): void {
  for (const end of ends) {
    const entry = leaseEntry(end, 'ended');
    if (entry !== null) usage.add(entry);
  }
}

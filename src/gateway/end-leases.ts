import { type LeaseEnd, StoreUnavailableError } from '#state';
import type { GatewayParts } from './gateway-parts.ts';
import { leaseCounters, leaseEntry } from './hold-memo.ts';
import { readUsageNote } from './usage-note.ts';

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
    if (!(error instanceof StoreUnavailableError)) log.error({ err: error }, 'the budget store cannot be tended');
    return [];
  }
}

const MANY = 2000;

/**
 * Puts into the usage ledger what the store has left for it and no process has written: those who should have were killed. What is written already changes
 * nothing. Never rejects.
 */
export async function recoverAccounts({ store, usage, log }: Parts, waitedMs: number): Promise<void> {
  try {
    const all = await store.unaccounted(waitedMs);
    // A file that cannot be written: what waits for it in memory need not wait there twice.
    if (usage.queued() > MANY) return;
    const known: string[] = [];
    for (const left of all) {
      const entry = left.kind === 'note' ? readUsageNote(left.note) : leaseEntry(left.end, left.kind);
      if (entry === null) known.push(left.key);
      else usage.add(entry);
    }
    if (known.length > 0) await store.accounted(known);
  } catch (error) {
    if (error instanceof StoreUnavailableError) return;
    log.error({ err: error }, 'what the budget store has left for the usage ledger cannot be written there');
  }
}

function keepAccount({ usage }: Parts, ends: readonly LeaseEnd[]): void {
  for (const end of ends) {
    const entry = leaseEntry(end, 'ended');
    if (entry !== null) usage.add(entry);
  }
}

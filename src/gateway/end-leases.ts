import type { GatewayParts } from './gateway-parts.ts';

/** Ends the holds that nobody will settle, of this process or of others. Never rejects: a store that is away is told of by its own events. */
export async function endLeases({ leases, store, log }: Pick<GatewayParts, 'leases' | 'store' | 'log'>): Promise<void> {
  try {
    // A process that stood still must not lose its own.
    await leases.tend();
    const { expired } = await store.sweep();
    if (expired.length > 0) log.warn({ count: expired.length }, 'holds ended with their lease');
  } catch (error) {
    log.error({ err: error }, 'the budget store cannot be tended');
  }
}

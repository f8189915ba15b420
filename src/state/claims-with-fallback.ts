import { createClaims } from './memory/claims.ts';
import type { Store } from './store.ts';
import { StoreUnavailableError } from './store-errors.ts';

// A name takes some 150 bytes.
const MAX_NAMES = 100_000;

/** Claims in a store that can be away: then those of this process count alone, which is all that can be known. */
export function claimsWithFallback(shared: Pick<Store, 'claim' | 'claimedAt'>, nowMs: () => number) {
  const own = createClaims(MAX_NAMES);

  async function claim(name: string, forMs: number): Promise<boolean> {
    try {
      const isFirst = await shared.claim(name, forMs);
      if (isFirst) own.keep(name, forMs, nowMs());
      return isFirst;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      return own.take(name, forMs, nowMs());
    }
  }

  async function claimedAt(names: readonly string[]): Promise<Readonly<Record<string, number>>> {
    try {
      return await shared.claimedAt(names);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      return own.takenAt(names, nowMs());
    }
  }

  return { claim, claimedAt };
}

import type { Clock } from '#core';
import { createMemoryStore } from './memory/memory-store.ts';
import type { Durability } from './sqlite/open-ledger-file.ts';
import { createSqliteStore } from './sqlite/sqlite-store.ts';
import type { BreakerRules, Store, StoreEvent } from './store.ts';
import { StoreOpenError } from './store-errors.ts';

/** Process settings that choose a store. */
export interface StoreOptions<State> {
  /** A URL of Redis (`SIGNALBOX_REDIS_URL`), `memory:`, or nothing for the embedded store. */
  readonly url?: string | null;
  /** Folder of the embedded store. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly breaker: BreakerRules<State>;
  /** Of the embedded store (`SIGNALBOX_DURABILITY`): `process` or `power`. */
  readonly durability?: string | null;
  /** Of stores that replicas share: names the usage ledger beside this process (`UsageLedger.id`). */
  readonly keeper?: string;
  readonly onEvent?: (event: StoreEvent) => void;
}

/**
 * Opens the store that the settings name: Redis where there is a URL, `memory:` for one that forgets, else `ledger.db` in the data folder. Rejects with
 * StoreOpenError. Effects: those of the store.
 */
export async function createStore<State>(options: StoreOptions<State>): Promise<Store> {
  const { url, dataDir, clock, breaker, onEvent } = options;
  const durability = readDurability(options.durability);
  const events = onEvent === undefined ? {} : { onEvent };
  if (url === 'memory:') return createMemoryStore({ clock, breaker, ...events });
  if (!url) return createSqliteStore({ dataDir, clock, breaker, durability, ...events });
  // The client of Redis costs some 40 ms of a start that most gateways can do without.
  const { createRedisStore } = await import('./redis/redis-store.ts');
  return createRedisStore({ url, clock, breaker, keeper: options.keeper ?? '', ...events });
}

/** What `SIGNALBOX_DURABILITY` says. Throws StoreOpenError. Pure. */
export function readDurability(text: string | null | undefined): Durability {
  if (!text || text === 'process') return 'process';
  if (text === 'power') return 'power';
  throw new StoreOpenError(
    'SIGNALBOX_DURABILITY is neither process nor power.',
    'Write `process` (what is acknowledged survives kill -9) or `power` (a power cut too, at the price of an fsync per group).',
  );
}

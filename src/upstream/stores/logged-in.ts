import { createRefreshing, type Expiring } from '../auth/refreshing.ts';
import { StoreError } from './store-error.ts';

/** What a store is asked with: kept while it holds, had anew before it ends. */
export interface LoggedIn<T> {
  /** Rejects with StoreError where there is none. */
  readonly get: () => Promise<T>;
  /** The store would not have it. */
  readonly refused: () => void;
}

/** Keeps what `login` gives; one login at a time. */
export function createLoggedIn<T>(login: () => Promise<Expiring<T>>, nowMs: () => number): LoggedIn<T> {
  const kept = createRefreshing(login, nowMs);
  return {
    async get() {
      await kept.ready();
      const value = kept.current();
      if (value === null) throw new StoreError('unavailable', kept.problem() ?? 'no credentials yet');
      return value;
    },
    refused: kept.refused,
  };
}

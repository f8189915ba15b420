import type { HoldAccount } from '../store.ts';

/** Accounts that could not be delivered, to be sent when the store is back; sending one twice changes nothing. */
export interface LateAccounts {
  readonly add: (account: HoldAccount) => void;
  /** Sends what has gathered; those that fail stay. One delivery at a time. */
  readonly deliver: (send: (account: HoldAccount) => Promise<unknown>) => Promise<void>;
  readonly size: () => number;
  /** How many were given up because too many had gathered: their holds end with their lease. */
  readonly dropped: () => number;
}

const AT_ONCE = 64;

/** Creates a list of at most so many accounts; the oldest goes first. */
export function createLateAccounts(max: number): LateAccounts {
  const accounts = new Map<string, HoldAccount>();
  let dropped = 0;
  let isDelivering = false;

  async function deliver(send: (account: HoldAccount) => Promise<unknown>): Promise<void> {
    if (isDelivering) return;
    isDelivering = true;
    try {
      while (accounts.size > 0) {
        const some = [...accounts.values()].slice(0, AT_ONCE);
        const results = await Promise.allSettled(some.map(send));
        results.forEach(({ status }, at) => {
          const account = some[at];
          if (status === 'fulfilled' && account !== undefined) accounts.delete(account.id);
        });
        if (results.some(({ status }) => status === 'rejected')) return;
      }
    } finally {
      isDelivering = false;
    }
  }

  return {
    add(account) {
      if (accounts.size >= max && !accounts.has(account.id)) {
        const [oldest] = accounts.keys();
        if (oldest !== undefined) accounts.delete(oldest);
        dropped += 1;
      }
      accounts.set(account.id, account);
    },
    deliver,
    size: () => accounts.size,
    dropped: () => dropped,
  };
}

import { isIPv6 } from 'node:net';

/** How often addresses have come with keys that nobody has. */
export interface FailedKeys {
  /** Counts one. True when it is the first that is too many: worth a line in the log. */
  readonly add: (ip: string | null) => boolean;
  /** How long this address is not asked any more, in ms; 0 while it may fail once more. */
  readonly waitMs: (ip: string | null) => number;
  readonly size: () => number;
}

/** Of one address: how many may fail at once, how soon one more may, how many addresses are remembered. */
export interface FailedKeyLimits {
  readonly burst: number;
  readonly everyMs: number;
  readonly maxAddresses: number;
}

// A misconfigured service that retries now and then stays below; nobody guesses a key of 190 bits at 20 a minute.
export const FAILED_KEY_LIMITS: FailedKeyLimits = Object.freeze({ burst: 20, everyMs: 3000, maxAddresses: 10_000 });

/**
 * Creates the table. Each address has a bucket that a failure fills and time empties. A network of IPv6 counts as one address, since a caller has 2^64 of them.
 * Bounded: the address that has failed least recently is forgotten first.
 */
export function createFailedKeys(limits: FailedKeyLimits, nowMs: () => number): FailedKeys {
  const { burst, everyMs, maxAddresses } = limits;
  /** When the bucket will be empty, by address, in order of the last failure. */
  const emptyAt = new Map<string, number>();
  const fullMs = burst * everyMs;

  return {
    add(ip) {
      const address = networkOf(ip);
      const now = nowMs();
      const was = Math.max(now, emptyAt.get(address) ?? 0);
      emptyAt.delete(address);
      const [oldest] = emptyAt.size >= maxAddresses ? emptyAt.keys() : [];
      if (oldest !== undefined) emptyAt.delete(oldest);
      emptyAt.set(address, was + everyMs);
      return was - now <= fullMs - everyMs && was + everyMs - now > fullMs - everyMs;
    },
    waitMs(ip) {
      if (emptyAt.size === 0) return 0;
      const address = networkOf(ip);
      const at = emptyAt.get(address);
      if (at === undefined) return 0;
      const leftMs = at - nowMs();
      if (leftMs <= 0) emptyAt.delete(address);
      return Math.max(0, leftMs - (fullMs - everyMs));
    },
    size: () => emptyAt.size,
  };
}

/** The address itself, or the /64 that it is in. Pure. */
function networkOf(ip: string | null): string {
  if (ip === null) return '';
  const mapped = /^::ffff:(?=.*\.)/i.test(ip) ? ip.slice(7) : ip;
  if (!isIPv6(mapped)) return mapped;
  const [head = '', tail] = (mapped.split('%')[0] ?? '').toLowerCase().split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const groups = [...first, ...Array<string>(zeros).fill('0'), ...last];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

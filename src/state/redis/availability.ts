import { StoreUnavailableError } from '../store-errors.ts';

/** Bounds every round trip, and spares requests the wait while the server is known to be away. */
export interface Availability {
  /** Rejects with StoreUnavailableError: after the time is over, or at once while the server is away. */
  readonly roundTrip: <T>(call: () => Promise<T>) => Promise<T>;
  readonly isAway: () => boolean;
  readonly close: () => void;
}

export interface AvailabilityOptions {
  /** Of the server, for messages. */
  readonly display: string;
  readonly timeoutMs: number;
  /** A round trip that costs the server nothing. */
  readonly ping: () => Promise<unknown>;
  readonly onLost: (error: StoreUnavailableError) => void;
  readonly onFound: () => void;
}

// One slow answer is no outage; three in a row are.
const TIMEOUTS_TO_AWAY = 3;
const PROBE_MS = 100;

/** Creates one that takes the server to be there. Effects: timers; the probe's keeps no process alive. */
export function createAvailability(options: AvailabilityOptions): Availability {
  const { display, timeoutMs } = options;
  let timeouts = 0;
  let isAway = false;
  let probe: NodeJS.Timeout | null = null;
  let isClosed = false;

  async function roundTrip<T>(call: () => Promise<T>): Promise<T> {
    if (isAway) throw new StoreUnavailableError(`The budget store ${display} is away.`);
    try {
      const result = await within(timeoutMs, call());
      timeouts = 0;
      return result;
    } catch (cause) {
      if (isRefusal(cause)) throw new StoreUnavailableError(`The budget store ${display} refused a step.`, cause);
      timeouts += 1;
      const isTimeout = cause instanceof RoundTripTimeout;
      const what = isTimeout ? `did not answer within ${timeoutMs} ms` : 'cannot be reached';
      const error = new StoreUnavailableError(`The budget store ${display} ${what}.`, cause);
      if (!isTimeout || timeouts >= TIMEOUTS_TO_AWAY) goAway(error);
      throw error;
    }
  }

  function goAway(error: StoreUnavailableError): void {
    if (isAway || isClosed) return;
    isAway = true;
    options.onLost(error);
    scheduleProbe();
  }

  function scheduleProbe(): void {
    probe = setTimeout(look, PROBE_MS);
    probe.unref();
  }

  async function look(): Promise<void> {
    try {
      await within(timeoutMs, options.ping());
    } catch {
      if (!isClosed) scheduleProbe();
      return;
    }
    if (isClosed) return;
    isAway = false;
    timeouts = 0;
    options.onFound();
  }

  return {
    roundTrip,
    isAway: () => isAway,
    close() {
      isClosed = true;
      if (probe !== null) clearTimeout(probe);
    },
  };
}

class RoundTripTimeout extends Error {}

function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // When it was this process that stood still, the answer lies in the socket already: the next turn reads it first.
      setImmediate(() => setImmediate(() => reject(new RoundTripTimeout(`no answer within ${timeoutMs} ms`))));
    }, timeoutMs);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Whether the server lives and says what is wrong: asking it again at once is no use, but neither is it away. While it loads its data, or when a cluster
 * has lost a shard, it is. Pure.
 */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return false;
  return !/^(LOADING|CLUSTERDOWN|MASTERDOWN|READONLY|TRYAGAIN|NOAUTH|WRONGPASS)/.test(error.message);
}

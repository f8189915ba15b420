import type { Reservation } from '#decision';
import type { Store } from '#state';

/** Keeps the holds of requests in progress alive, however long a stream lasts. */
export interface Leases {
  /** From now on the hold's leases are renewed; a raised hold may be told again. */
  readonly hold: (id: string, reservations: readonly Reservation[]) => void;
  readonly release: (id: string) => void;
  /** Renews what is due now. */
  readonly tend: () => Promise<void>;
  readonly close: () => void;
}

interface Held {
  readonly everyMs: number;
  dueMs: number;
}

// Two renewals may fail or come late before a lease is over.
const RENEWALS_PER_LEASE = 3;
const LEAST_MS = 10;
const AT_ONCE = 100;

/** Creates one that holds nothing. Times are those of a clock that only goes on. Effects: renewals in the store; one timer while there are holds. */
export function keepLeases(store: Pick<Store, 'renew'>, onProblem: (error: unknown) => void): Leases {
  const holds = new Map<string, Held>();
  let timer: NodeJS.Timeout | null = null;
  let wakesMs = Number.POSITIVE_INFINITY;

  /** Most requests end long before anything is due: their timer is the one that others have set. */
  function wakeAt(dueMs: number): void {
    if (timer !== null && wakesMs <= dueMs) return;
    if (timer !== null) clearTimeout(timer);
    wakesMs = dueMs;
    timer = setTimeout(wake, Math.max(1, dueMs - performance.now()));
    timer.unref();
  }

  function wake(): void {
    timer = null;
    void tend();
    let next = Number.POSITIVE_INFINITY;
    for (const { dueMs } of holds.values()) next = Math.min(next, dueMs);
    if (next !== Number.POSITIVE_INFINITY) wakeAt(next);
  }

  async function tend(): Promise<void> {
    const nowMs = performance.now();
    const due: string[] = [];
    for (const [id, held] of holds) {
      if (held.dueMs > nowMs) continue;
      held.dueMs = nowMs + held.everyMs;
      due.push(id);
    }
    while (due.length > 0) {
      const results = await Promise.allSettled(due.splice(0, AT_ONCE).map(store.renew));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed !== undefined) onProblem(failed.reason);
    }
  }

  return {
    hold(id, reservations) {
      const leaseMs = Math.min(...reservations.map((reservation) => reservation.leaseMs));
      const everyMs = Math.max(LEAST_MS, leaseMs / RENEWALS_PER_LEASE);
      const dueMs = performance.now() + everyMs;
      holds.set(id, { everyMs, dueMs });
      wakeAt(dueMs);
    },
    release: (id) => void holds.delete(id),
    tend,
    close() {
      holds.clear();
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}

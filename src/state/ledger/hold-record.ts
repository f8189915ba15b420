import type { Reservation } from '#decision';
import type { Hold } from '../store.ts';
import type { LedgerKey } from './counter.ts';

/** A hold as a ledger keeps it: while any part is held, and for a while after its lease, for an account that comes late. */
export interface HoldRecord {
  readonly owner: string;
  readonly memo: string;
  readonly parts: readonly HoldPart[];
  /** An account without a hold was taken under this id: nothing may be taken under it again. */
  readonly isSettled: boolean;
}

/** What a hold has on one counter. Amounts in the budget's unit. */
export interface HoldPart {
  readonly counter: LedgerKey;
  readonly amount: number;
  readonly leaseMs: number;
  readonly onLeaseExpiry: Reservation['onLeaseExpiry'];
  /** When the lease ends. */
  untilMs: number;
  isHeld: boolean;
  /** What was charged when its lease ended. */
  charged: number;
  /** When that was. */
  chargedAtMs: number;
}

/** The record of a hold that has just been taken. Pure. */
export function recordOf(hold: Hold, nowMs: number): HoldRecord {
  const parts = hold.reservations.map(({ counter, amount, leaseMs, onLeaseExpiry }) => {
    return {
      counter,
      amount,
      leaseMs,
      onLeaseExpiry,
      untilMs: nowMs + leaseMs,
      isHeld: true,
      charged: 0,
      chargedAtMs: 0,
    };
  });
  return { owner: hold.owner, memo: hold.memo ?? '', parts, isSettled: false };
}

/** Whether some of it still waits for its account within the lease. Pure. */
export function isOpen(record: HoldRecord): boolean {
  return record.parts.some(({ isHeld }) => isHeld);
}

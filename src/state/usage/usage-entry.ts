import type { Usage } from '#core';
import type { CounterKey } from '#decision';
import { leaseKey } from '../ledger/lease-end.ts';

/** One request that was let through, as the ledger keeps it. */
export interface UsageEntry {
  /** The request id: whatever comes a second time under it changes nothing. */
  readonly id: string;
  /**
   * The entry is what was charged when a lease ended, or takes that back since the account came after all; once per time it ended. Absent for a request that its own
   * process has accounted for.
   */
  readonly lease?: { readonly kind: 'ended' | 'undone'; readonly endedMs: number };
  /** When the request came, in ms since 1970. */
  readonly atMs: number;
  readonly environment: string;
  readonly revision: string;
  readonly consumer: string;
  /** The consumer's label `team`; empty without one. */
  readonly team: string;
  readonly route: string;
  /** Null when the route sends the model straight to its provider. */
  readonly chain: string | null;
  readonly endpoint: string;
  /** 0 where nobody knows. */
  readonly status: number;
  readonly code: string | null;
  readonly fallback: string | null;
  /** Calls upstream, billed or not; 0 where nobody knows. */
  readonly attempts: number;
  /** What an answer from a cache would have cost. */
  readonly savedMicroUsd: number;
  /** The call that ended the request first, then earlier ones that were billed as well; at least one. Their costs add up to the request's. */
  readonly charges: readonly [UsageCharge, ...UsageCharge[]];
  /** What was counted on each budget. */
  readonly budgets: readonly BudgetCharge[];
}

/** What one call upstream used and cost; empty texts where there was none. */
export interface UsageCharge {
  /** `chain/target`. */
  readonly target: string;
  readonly provider: string;
  readonly model: string;
  /** Null when nothing is known to be billed. */
  readonly usage: Usage | null;
  /** Images made and searches billed, as the provider reports them; 0 where it says nothing. */
  readonly images: number;
  readonly searchUnits: number;
  /** Null when tokens were used, or must have been, and there is no price or no count. */
  readonly costMicroUsd: number | null;
  readonly priceSource: string | null;
  /** Since when that price holds. */
  readonly priceFromMs: number | null;
  /** Whether the tokens were counted locally. */
  readonly estimated: boolean;
}

/** What a request counted on one budget, in the budget's unit. */
export interface BudgetCharge {
  readonly counter: Pick<CounterKey, 'key' | 'budget' | 'unit' | 'limit' | 'split' | 'windowStartMs' | 'windowEndMs'>;
  readonly isRolling: boolean;
  readonly amount: number;
}

/** What a store calls an entry until it is written (`Unaccounted`). Pure. */
export function entryKey({ id, lease }: UsageEntry): string {
  return lease === undefined ? id : leaseKey(lease.kind, { id, endedMs: lease.endedMs });
}

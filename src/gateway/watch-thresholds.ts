import type { Channel } from '#core';
import type { CounterKey } from '#decision';
import type { Budget, Snapshot } from '#snapshot';
import type { Store } from '#state';

/** A budget counter that has reached a share of `alertAt`: told once per window of the counter, over all replicas and restarts. */
export interface BudgetThreshold {
  readonly budget: string;
  /** Values of the budget's `per`, in order: perhaps a caller's own text. */
  readonly split: readonly string[];
  readonly unit: Budget['unit'];
  /** Of the limit, in (0, 1]. */
  readonly share: number;
  /** Spent, without what is held; in the budget's unit, as is `limit`. */
  readonly spent: number;
  readonly limit: number;
  /** When the window ends, in ms since 1970; null for a rolling one. */
  readonly windowEndMs: number | null;
  readonly atMs: number;
}

/** A counter after a charge. */
export interface ChargedCounter {
  readonly counter: Pick<CounterKey, 'key' | 'budget' | 'split' | 'limit' | 'windowEndMs'>;
  readonly spent: number;
}

/** Looks at counters that were charged, and publishes the shares they have reached. Never rejects. */
export type WatchThresholds = (snapshot: Snapshot, charged: readonly ChargedCounter[]) => Promise<void>;

export interface ThresholdOptions {
  readonly store: Pick<Store, 'claim'>;
  readonly channel: Channel<BudgetThreshold>;
  readonly nowMs: () => number;
  readonly onProblem: (error: unknown) => void;
}

/** Beyond, the store is asked again, which changes nothing but its load. */
const MAX_TOLD = 10_000;
/** A charge can come so long after its window. */
const GRACE_MS = 3_600_000;

/**
 * Creates one. It looks at what is spent rather than at what a charge has moved: so a limit that was lowered, or a share that was just added, is told with the next charge.
 * Effects: names in the store, events on the channel.
 */
export function createThresholdWatch({ store, channel, nowMs, onProblem }: ThresholdOptions): WatchThresholds {
  const told = new Map<string, number>();

  function isTold(name: string): boolean {
    const untilMs = told.get(name);
    return untilMs !== undefined && untilMs > nowMs();
  }

  function keepTold(name: string, forMs: number): void {
    if (told.size >= MAX_TOLD) told.delete(told.keys().next().value ?? '');
    told.set(name, nowMs() + forMs);
  }

  async function tell(budget: Budget, share: number, { counter, spent }: ChargedCounter): Promise<void> {
    const name = thresholdName(counter.key, share, counter.limit);
    if (isTold(name)) return;
    const { window, unit } = budget;
    const atMs = nowMs();
    const isRolling = window.kind === 'rolling';
    const forMs = isRolling ? window.ms : Math.max(0, counter.windowEndMs - atMs) + GRACE_MS;
    keepTold(name, forMs);
    const isFirst = await store.claim(name, forMs).catch((error: unknown) => {
      told.delete(name);
      throw error;
    });
    if (!isFirst) return;
    const windowEndMs = isRolling ? null : counter.windowEndMs;
    channel.publish({
      ...{ budget: budget.name, split: counter.split, unit, share, spent, limit: counter.limit },
      ...{ windowEndMs, atMs },
    });
  }

  return async (snapshot, charged) => {
    for (const each of charged) {
      const { counter, spent } = each;
      const budget = snapshot.budgets.get(counter.budget);
      if (budget === undefined || counter.limit === 0) continue;
      for (const share of budget.alertAt) {
        if (spent < share * counter.limit) break;
        await tell(budget, share, each).catch(onProblem);
      }
    }
  };
}

/** Under this name a threshold is told once. An edited limit is another threshold. Pure. */
export function thresholdName(counterKey: string, share: number, limit: number): string {
  return `threshold:${counterKey}:${share}:${limit}`;
}

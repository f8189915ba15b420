import type { Log } from './gateway-parts.ts';
import type { BudgetThreshold } from './watch-thresholds.ts';

/** Tells the log that a budget has reached a share of its limit. Values that callers may have written stand in `/admin/budgets` only. */
export function logThreshold(log: Log, per: readonly string[], threshold: BudgetThreshold): void {
  const { budget, split, unit, share, spent, limit, windowEndMs } = threshold;
  log.warn(
    {
      budget,
      split: split.map((value, at) => (per[at]?.startsWith('metadata.') ? '…' : value)),
      share: `${Math.round(share * 100)}%`,
      ...{ spent, limit, unit },
      ...(windowEndMs === null ? {} : { windowEnds: new Date(windowEndMs).toISOString() }),
    },
    'a budget has reached a share of its limit',
  );
}

import { formatUsd } from '#core';
import { placeOf } from '#decision';
import type { Snapshot } from '#snapshot';
import type { Log } from './gateway-parts.ts';
import type { BudgetThreshold } from './watch-thresholds.ts';

/** Tells the log that a budget has reached a share of its limit, and which line sets it. Values that callers may have written stand in `/admin/budgets` only. */
export function logThreshold(log: Log, snapshot: Snapshot, threshold: BudgetThreshold): void {
  const { budget, split, unit, share, spent, limit, windowEndMs } = threshold;
  const per = snapshot.budgets.get(budget)?.per ?? [];
  const place = placeOf(snapshot, `Budget/${budget}`, 'limit');
  log.warn(
    {
      budget,
      split: split.map((value, at) => (per[at]?.startsWith('metadata.') ? '…' : value)),
      share: `${Math.round(share * 100)}%`,
      ...(unit === 'cost' ? { spentUsd: formatUsd(spent), limitUsd: formatUsd(limit) } : { spent, limit, unit }),
      ...(place === null ? {} : { policy: `${place.file}:${place.line}` }),
      ...(windowEndMs === null ? {} : { windowEnds: new Date(windowEndMs).toISOString() }),
    },
    'a budget has reached a share of its limit',
  );
}

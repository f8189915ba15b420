import { type Place, parseShare } from '#core';
import type { Facts, Simulation } from '#decision';
import type { AlertSpec, Snapshot } from '#snapshot';
import { placeIn } from '../request/place-in.ts';

/** An alert that one request can set off. */
export interface AlertName {
  /** `product-day-80` for a threshold of a budget's `alertAt`, else the name of an Alert document. */
  readonly name: string;
  readonly budget: string;
  readonly key: string;
  readonly at: Place | null;
  /** Whether the share of the budget that is spent crosses it. */
  readonly isCrossed: (before: number, after: number) => boolean;
}

/**
 * Every alert that spending can set off: the thresholds of budgets (reached or passed) and the Alert documents on `budget-used` (strictly above).
 * Alerts on rates and latencies need traffic and a clock, so no single case can say anything about them. Pure.
 */
export function spendingAlerts(snapshot: Snapshot): readonly AlertName[] {
  const names: AlertName[] = [];
  for (const { name: budget, alertAt, unit } of snapshot.budgets.values()) {
    // What runs at the same time is held, never spent.
    if (unit === 'concurrency') continue;
    for (const share of alertAt) {
      const percent = String(Number((share * 100).toFixed(6)));
      names.push({
        name: `${budget}-${percent}`,
        budget,
        key: `Budget/${budget} alertAt ${percent}%`,
        at: placeIn(snapshot, `Budget/${budget}`, 'alertAt'),
        isCrossed: (before, after) => before < share && after >= share,
      });
    }
  }
  for (const { kind, name, spec } of snapshot.carried) {
    if (kind !== 'Alert') continue;
    // Carried as written; its schema is the type's source.
    const { when, scope } = spec as unknown as AlertSpec;
    const above = parseShare(when.above ?? '');
    const isHere =
      scope?.environments === undefined ||
      scope.environments.length === 0 ||
      scope.environments.includes(snapshot.environment);
    if (when.metric !== 'budget-used' || when.budget === undefined || above === null || !isHere) continue;
    names.push({
      name,
      budget: when.budget,
      key: `Alert/${name}`,
      at: placeIn(snapshot, `Alert/${name}`, 'when'),
      isCrossed: (before, after) => before <= above && after > above,
    });
  }
  return names;
}

/** The alerts that a request sets off, by name: what it spends takes a budget over a threshold that it was below before. Pure. */
export function firedAlerts(snapshot: Snapshot, facts: Facts, { settlement }: Simulation): readonly AlertName[] {
  const charges = settlement?.charges ?? [];
  return spendingAlerts(snapshot).filter(({ budget, isCrossed }) =>
    charges.some(({ counter, amount }) => {
      if (counter.budget !== budget || counter.limit === 0) return false;
      const spent = facts.counters[counter.key]?.spent ?? 0;
      return isCrossed(spent / counter.limit, (spent + amount) / counter.limit);
    }),
  );
}

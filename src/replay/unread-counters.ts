import { match } from '#decision';
import type { ReplayInput } from './recorded-input.ts';
import type { Side } from './side.ts';
import type { Verdict } from './verdict.ts';

/** The part of a replay's sides that counters depend on. */
export interface CounterSides {
  readonly base: Side;
  readonly changedBudgets: ReadonlySet<string>;
}

/**
 * Counters of changed budgets that the recording never read. A gateway reads the counters of every budget in scope and leaves out those that nobody touched: so what
 * the base reads and the record lacks had nothing spent, and what only the head reads is unknown. A refusal that comes even with nothing spent needs none. Pure.
 */
export function unreadCounters(
  input: ReplayInput,
  { base: { snapshot }, changedBudgets }: CounterSides,
  base: Verdict,
  head: Verdict,
): readonly string[] {
  const { record } = input;
  const counters = record.facts?.counters;
  let read: ReadonlySet<string> | null = null;
  const isRead = (key: string): boolean => {
    if (counters === undefined) return false;
    if (Object.hasOwn(counters, key)) return true;
    read ??= countersRead(input, snapshot);
    return read.has(key);
  };
  const missing = new Set<string>();
  for (const { budgets } of [base, head]) {
    for (const { key, budget, isBinding } of budgets) {
      if (isBinding && changedBudgets.has(budget) && !isRead(key)) missing.add(`facts.counters (budget ${budget})`);
    }
  }
  return [...missing];
}

function countersRead(input: ReplayInput, snapshot: Side['snapshot']): ReadonlySet<string> {
  const matched = match(snapshot, input.request(), input.nowMs);
  return new Set(matched.kind === 'matched' ? matched.needs.counters.map(({ key }) => key) : []);
}

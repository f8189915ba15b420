import { type CounterKey, type CounterState, counterOf, forecast } from '#decision';
import type { Budget } from '#snapshot';
import { type ForecastSummary, forecastSummary } from '#state';
import type { GatewayParts } from '../gateway-parts.ts';
import { thresholdName } from '../watch-thresholds.ts';

/** One counter of a budget as it stands; amounts in the budget's unit. */
export interface BudgetStatus {
  readonly budget: string;
  /** Values of the budget's `per`, in order. */
  readonly split: readonly string[];
  readonly unit: Budget['unit'];
  readonly limit: number;
  readonly spent: number;
  /** Held by requests in progress. */
  readonly held: number;
  /** Spent and held together, of the limit; 1 for a limit of nothing. */
  readonly share: number;
  /** `end` is when a calendar window ends; a rolling one has a span that ends now. */
  readonly window: { readonly start: string; readonly end: string; readonly rollingMs: number | null };
  /** Shares of `alertAt`, and when they were told of in this window; null where they were not. */
  readonly alerts: readonly { readonly share: number; readonly at: string | null }[];
  /** Null for rolling windows, for concurrency, and with too little to go by. */
  readonly forecast: ForecastSummary | null;
}

/** A forecast looks back this long. */
const HISTORY_MS = 5 * 7 * 86_400_000;

/**
 * Every budget counter in its current window, as the store has it: a budget that is not split always, a split one for each of its values that this machine has
 * charged. Rejects with 503 `store_unavailable` when the store cannot be read.
 */
export async function budgetsReport(parts: GatewayParts): Promise<{ readonly budgets: readonly BudgetStatus[] }> {
  const { snapshot } = parts.policies.current();
  const nowMs = parts.nowMs();
  await parts.usage.flush();
  const counters = [...snapshot.budgets.values()].flatMap((budget) =>
    splitsOf(parts, budget, nowMs).map((split) => ({ budget, counter: counterOf(budget, split, nowMs) })),
  );
  const facts = await parts.store.readFacts({ counters: counters.map(({ counter }) => counter), targets: [] });
  const names = counters.flatMap(({ budget, counter }) =>
    budget.alertAt.map((share) => thresholdName(counter.key, share, counter.limit)),
  );
  const told = await parts.store.claimedAt(names);
  return {
    budgets: counters.map(({ budget, counter }) => ({
      ...statusOf(parts, budget, counter, facts.counters[counter.key], nowMs),
      alerts: budget.alertAt.map((share) => {
        const atMs = told[thresholdName(counter.key, share, counter.limit)];
        return { share, at: atMs === undefined ? null : new Date(atMs).toISOString() };
      }),
    })),
  };
}

/** Splits that were charged in the window. A split from before an edit of `per` has another number of values. */
export function splitsOf(
  { usage }: Pick<GatewayParts, 'usage'>,
  { name, per }: Budget,
  nowMs: number,
): readonly (readonly string[])[] {
  if (per.length === 0) return [[]];
  return usage.reader.splitsOf(name, nowMs).filter((split) => split.length === per.length);
}

/** One counter in its window, with its forecast. */
export function statusOf(
  { usage }: Pick<GatewayParts, 'usage'>,
  { name, unit, limit, window }: Budget,
  { split, windowStartMs, windowEndMs }: CounterKey,
  { spent, held }: CounterState = { spent: 0, held: 0 },
  nowMs: number,
): Omit<BudgetStatus, 'alerts'> {
  const hasForecast = window.kind === 'calendar' && unit !== 'concurrency';
  const hours = hasForecast ? usage.reader.hoursOf(name, split, unit, nowMs - HISTORY_MS) : [];
  return {
    budget: name,
    split,
    unit,
    limit,
    spent,
    held,
    share: limit === 0 ? 1 : (spent + held) / limit,
    window: {
      start: new Date(windowStartMs).toISOString(),
      end: new Date(windowEndMs).toISOString(),
      rollingMs: window.kind === 'rolling' ? window.ms : null,
    },
    forecast: hasForecast
      ? forecastSummary(forecast({ spent, limit, windowStartMs, windowEndMs, nowMs, hours }))
      : null,
  };
}

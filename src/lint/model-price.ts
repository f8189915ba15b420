import type { ModelSpec, PriceSpec } from '#snapshot';
import { startOfDate } from './dates.ts';

/** The row of a price list in force at an instant: the last that has begun; before the first, the first. Pure. */
export function priceRowAt(rows: NonNullable<ModelSpec['prices']>, nowMs: number): PriceSpec | undefined {
  const byDate = rows.toSorted((a, b) => (startOfDate(a.from) ?? 0) - (startOfDate(b.from) ?? 0));
  return byDate.findLast((row) => (startOfDate(row.from) ?? 0) <= nowMs) ?? byDate[0];
}

/** USD for a million input plus a million output tokens, which is how `maxPrice` of a chain counts; null without a price. Pure. */
export function pricePerMillion(model: ModelSpec | undefined, nowMs: number): number | null {
  const row = priceRowAt(model?.prices ?? [], nowMs);
  if (row?.input === undefined && row?.output === undefined) return null;
  return Number(row.input ?? 0) + Number(row.output ?? 0);
}

/** Micro-USD for one answer of so many tokens, at the dearest tier that the input reaches; null without a price. Pure. */
export function costOfTokens(
  model: ModelSpec | undefined,
  { input, output, nowMs }: { readonly input: number; readonly output: number; readonly nowMs: number },
): number | null {
  const row = priceRowAt(model?.prices ?? [], nowMs);
  if (!row) return null;
  const tier = (row.tiers ?? []).filter(({ aboveInputTokens }) => input > aboveInputTokens).at(-1);
  // A cache write can cost more than fresh input, and reasoning more than output: the dearest class bounds them all.
  const dearest = (...prices: readonly (string | undefined)[]): number =>
    Math.max(0, ...prices.map((price) => Number(price ?? 0)));
  const inputPrice = dearest(
    tier?.input ?? row.input,
    tier?.cacheWrite ?? row.cacheWrite,
    tier?.cacheWrite1h ?? row.cacheWrite1h,
  );
  const outputPrice = dearest(tier?.output ?? row.output, tier?.reasoning ?? row.reasoning);
  return Math.ceil(input * inputPrice + output * outputPrice + Number(row.request ?? 0) * 1_000_000);
}

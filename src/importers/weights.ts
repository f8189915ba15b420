/** Shares in percent that sum to exactly 100, in the proportion of the weights; equal ones where none is above 0. Two decimals, largest remainder. Pure. */
export function shares(weights: readonly number[]): readonly number[] {
  const usable = weights.map((weight) => (Number.isFinite(weight) && weight > 0 ? weight : 0));
  const total = usable.reduce((sum, weight) => sum + weight, 0);
  const parts = total > 0 ? usable.map((weight) => weight / total) : usable.map(() => 1 / usable.length);
  const cents = parts.map((part) => Math.floor(part * 10_000));
  let rest = 10_000 - cents.reduce((sum, cent) => sum + cent, 0);
  const byRemainder = parts
    .map((part, index) => ({ index, remainder: part * 10_000 - (cents[index] ?? 0) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder) {
    if (rest <= 0) break;
    cents[index] = (cents[index] ?? 0) + 1;
    rest -= 1;
  }
  return cents.map((cent) => cent / 100);
}

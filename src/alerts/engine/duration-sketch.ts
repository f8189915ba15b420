/** How often durations came, by their order of magnitude: a quantile is right to a quarter of a percent, whatever was added and merged. */
export type DurationSketch = Readonly<Record<number, number>>;

const GROWTH = 1.005;
const LOG_GROWTH = Math.log(GROWTH);

/** The class of a duration in ms; class 0 holds everything up to one millisecond. Pure. */
export function durationClass(ms: number): number {
  return ms <= 1 ? 0 : Math.ceil(Math.log(ms) / LOG_GROWTH);
}

/** The duration at a quantile in (0, 1), in ms, by nearest rank; null for nothing. Pure. */
export function quantileOf(sketch: DurationSketch, quantile: number): number | null {
  const classes = Object.entries(sketch)
    .map(([index, count]) => [Number(index), count] as const)
    .sort(([a], [b]) => a - b);
  const total = classes.reduce((sum, [, count]) => sum + count, 0);
  // Weights of sampled records need not be whole; what floating point adds must not ask for one more.
  const rank = Math.ceil(quantile * total - 1e-9);
  let seen = 0;
  for (const [index, count] of classes) {
    seen += count;
    if (seen >= rank) return index === 0 ? 1 : (2 * GROWTH ** index) / (1 + GROWTH);
  }
  return null;
}

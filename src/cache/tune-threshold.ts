/** Two questions of which somebody has said whether one answer fits both. */
export interface JudgedPair {
  readonly similarity: number;
  /** The guard says that they differ. */
  readonly differs: boolean;
  readonly isSame: boolean;
}

/** What a threshold would have done. */
export interface ThresholdLine {
  readonly threshold: number;
  readonly hits: number;
  /** Null without hits. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** The same without the guard. */
  readonly plainHits: number;
  readonly plainPrecision: number | null;
  readonly plainRecall: number | null;
}

/** Thresholds with what they would have done, and the one to take. */
export interface Tuning {
  readonly pairs: number;
  readonly same: number;
  readonly lines: readonly ThresholdLine[];
  /** The lowest from which on the precision holds; null where there is none: then the rule stays in shadow. */
  readonly proposal: ThresholdLine | null;
}

// Fewer hits prove nothing: with twenty right ones the true precision is still above 86 % nineteen times in twenty.
const LEAST_HITS = 20;
const LOWEST = 0.7;

/** Goes through the thresholds from 0.70 to 0.99, and proposes the lowest one from which on every one keeps the precision. Pure. */
export function tuneThreshold(pairs: readonly JudgedPair[], precision: number): Tuning {
  const same = pairs.filter(({ isSame }) => isSame).length;
  const lines = Array.from({ length: 30 }, (_, step) =>
    lineOf(pairs, same, Math.round((LOWEST + step / 100) * 100) / 100),
  );
  let proposal: ThresholdLine | null = null;
  for (const line of lines.toReversed()) {
    if (line.hits < LEAST_HITS) continue;
    if ((line.precision ?? 0) < precision) break;
    proposal = line;
  }
  return { pairs: pairs.length, same, lines, proposal };
}

function lineOf(pairs: readonly JudgedPair[], same: number, threshold: number): ThresholdLine {
  const plain = pairs.filter(({ similarity }) => similarity >= threshold);
  const guarded = plain.filter(({ differs }) => !differs);
  const right = guarded.filter(({ isSame }) => isSame).length;
  const plainRight = plain.filter(({ isSame }) => isSame).length;
  return {
    threshold,
    hits: guarded.length,
    precision: share(right, guarded.length),
    recall: share(right, same),
    plainHits: plain.length,
    plainPrecision: share(plainRight, plain.length),
    plainRecall: share(plainRight, same),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

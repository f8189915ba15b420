import { PASS, type WholeCheck } from './check.ts';
import type { Weigh } from './signs.ts';

/** Judges each text apart by its score; the highest one is reported. Pure. */
export function scoredCheck(weigh: Weigh, threshold: number): WholeCheck {
  return {
    kind: 'whole',
    judge({ texts }) {
      const scores = texts.map(weigh).filter((score) => score > 0 && score >= threshold);
      return scores.length === 0 ? PASS : { kind: 'found', count: scores.length, score: Math.max(...scores) };
    },
  };
}

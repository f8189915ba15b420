import { CheckOptionError, type CheckOptions, PASS, type WholeCheck } from './check.ts';

/** Judges a text by a figure of it, which has to be between `min` and `max`. Throws CheckOptionError. Pure. */
export function bounds(
  { min = 0, max = Number.POSITIVE_INFINITY }: CheckOptions,
  measure: (text: string) => number,
): WholeCheck {
  if (min === 0 && max === Number.POSITIVE_INFINITY) throw new CheckOptionError('max', 'expected `min`, `max` or both');
  if (min > max) throw new CheckOptionError('min', 'expected no more than `max`');
  return {
    kind: 'whole',
    judge({ text }) {
      const figure = measure(text);
      return figure < min || figure > max ? { kind: 'found' } : PASS;
    },
  };
}

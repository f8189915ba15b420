import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';

/** How long a text may be. */
export const length: Check = {
  name: 'length',
  summary: 'Texts with fewer than `min` or more than `max` characters (UTF-16 units).',
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: { max: 20 },
    hit: { kind: 'text', text: 'This is longer than twenty characters.' },
    miss: { kind: 'text', text: 'This is not.' },
  },
};

function compile({ min = 0, max = Number.POSITIVE_INFINITY }: CheckOptions): WholeCheck {
  if (min === 0 && max === Number.POSITIVE_INFINITY) throw new CheckOptionError('max', 'expected `min`, `max` or both');
  if (min > max) throw new CheckOptionError('min', 'expected no more than `max`');
  return { kind: 'whole', judge: ({ text }) => (text.length < min || text.length > max ? { kind: 'found' } : PASS) };
}

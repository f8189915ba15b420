import { bounds } from '../bounds.ts';
import type { Check } from '../check.ts';

/** How long a text may be. */
export const length: Check = {
  name: 'length',
  summary: 'Texts with fewer than `min` or more than `max` characters (UTF-16 units).',
  actions: ['block', 'flag'],
  compile: (options) => bounds(options, (text) => text.length),
  sample: {
    options: { max: 20 },
    hit: { kind: 'text', text: 'This is longer than twenty characters.' },
    miss: { kind: 'text', text: 'This is not.' },
  },
};

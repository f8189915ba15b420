import { bounds } from '../bounds.ts';
import type { Check, CheckOptions, WholeCheck } from '../check.ts';

/** How many sentences a text may have. */
export const sentenceCount: Check = {
  name: 'sentence-count',
  summary:
    'Texts with fewer than `min` or more than `max` sentences, by `.`, `!`, `?`, `…` and their like of other scripts, and by empty lines.',
  limits: 'A point behind a short word ("Dr.", "e.g.") ends no sentence; other abbreviations do.',
  actions: ['block', 'flag'],
  compile: (options: CheckOptions): WholeCheck => bounds(options, countSentences),
  sample: {
    options: { max: 2 },
    hit: { kind: 'text', text: 'One. Two! Is this three?' },
    miss: { kind: 'text', text: 'Dr. Doe is in. She waits.' },
  },
};

const END = /(?:[.!?…‼⁇]{1,8}["'”’)\]]{0,2}(?=\s|$)|[。！？｡।؟]{1,8}|\n\s{0,8}\n)/g;
const SHORT = /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|e\.g|i\.e|etc|vs|no|nr|z\.b|d\.h|bzw|\p{L})$/iu;

function countSentences(text: string): number {
  let count = 0;
  let from = 0;
  for (const { index, 0: end } of text.matchAll(END)) {
    if (end === '.' && SHORT.test(text.slice(Math.max(0, index - 6), index))) continue;
    if (hasWord(text, from, index)) count++;
    from = index + end.length;
  }
  return hasWord(text, from, text.length) ? count + 1 : count;
}

function hasWord(text: string, from: number, to: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.slice(from, to));
}

import { bounds } from '../bounds.ts';
import type { Check, CheckOptions, WholeCheck } from '../check.ts';

/** How many words a text may have. */
export const wordCount: Check = {
  name: 'word-count',
  summary:
    'Texts with fewer than `min` or more than `max` words; in Chinese, Japanese and Thai, which put no spaces between words, each character counts.',
  actions: ['block', 'flag'],
  compile: (options: CheckOptions): WholeCheck => bounds(options, countWords),
  sample: {
    options: { max: 5 },
    hit: { kind: 'text', text: 'These are more words than five.' },
    miss: { kind: 'text', text: 'These are only four.' },
  },
};

const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[[\p{L}\p{N}]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]][[\p{L}\p{N}\p{M}'’_\-]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]]*/gv;

function countWords(text: string): number {
  let count = 0;
  WORD.lastIndex = 0;
  while (WORD.exec(text) !== null) count++;
  return count;
}

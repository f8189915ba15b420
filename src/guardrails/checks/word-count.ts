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

/** Beyond ASCII the expressions say what a character is; by hand otherwise, since most texts are long. */
function countWords(text: string): number {
  let count = 0;
  let isInside = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isPart: boolean = code < 128 ? isWordCode(code, isInside) : isWordCharacter(text.charAt(at));
    const isWord = code >= 0x0e00 && isUnspaced(code);
    if (isWord || (isPart && !isInside)) count++;
    isInside = isPart && !isWord;
  }
  return count;
}

function isWordCode(code: number, isInside: boolean): boolean {
  if ((code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39)) return true;
  return isInside && (code === 0x27 || code === 0x2d || code === 0x5f);
}

/** Surrogates too: letters beyond the basic plane are pairs of them. */
function isWordCharacter(character: string): boolean {
  return /[\p{L}\p{N}\p{M}’\ud800-\udfff]/u.test(character);
}

/** Thai, Kana, Han. */
function isUnspaced(code: number): boolean {
  if (code >= 0x0e01 && code <= 0x0e2e) return true;
  return (code >= 0x3041 && code <= 0x30fa) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff);
}

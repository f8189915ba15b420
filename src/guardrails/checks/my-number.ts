import { fitsMyNumber } from '#core';
import { digitsOf, isOneDigit, isWholeNumber } from '../boundaries.ts';
import { DIGITS_12 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { CONTEXT_LENGTH, hasWordBefore } from '../context-words.ts';
import { narrowText } from '../narrow-text.ts';
import { spansOf } from '../spans-of.ts';

const NUMBER = /\d{4}[ -]?\d{4}[ -]?\d{4}/g;
const SAID = /マイナンバー|個人番号|my ?number|individual number/i;
// What stands before other numbers of twelve digits, one in eleven of which fits the check digit.
const OTHER =
  /\bcard|credit|debit|order|invoice|account|tracking|parcel|phone|\btel\b|\bisbn|\bean\b|カード|注文|伝票|追跡|口座|電話|請求/i;

/** Japanese individual numbers. */
export const myNumber: Check = {
  name: 'my-number',
  summary:
    'Japanese individual numbers (マイナンバー): twelve digits whose check digit fits, or that the words before them call so.',
  limits:
    'One in eleven numbers of twelve digits fits the check digit by chance; after words as "order", "card" or "口座" it does not count.',
  compile: () => ({
    kind: 'spans',
    label: 'MY_NUMBER',
    needs: DIGITS_12,
    reach: CONTEXT_LENGTH + 18,
    find: (text) => spansOf(narrowText(text), NUMBER, isMyNumber),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: '番号は1234-5678-9018です。' },
    miss: { kind: 'text', text: '番号は1234-5678-9019です。' },
  },
};

function isMyNumber(match: RegExpExecArray, text: string): boolean {
  if (!isWholeNumber(text, match.index, match.index + match[0].length)) return false;
  const digits = digitsOf(match[0]);
  if (isOneDigit(digits)) return false;
  if (hasWordBefore(text, match.index, SAID)) return true;
  return fitsMyNumber(digits) && !hasWordBefore(text, match.index, OTHER);
}

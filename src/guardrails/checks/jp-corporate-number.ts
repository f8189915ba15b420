import { digitsOf, isOneDigit, isWholeNumber } from '../boundaries.ts';
import { DIGITS_12 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { weightedSum } from '../check-digits.ts';
import { holdNumber } from '../hold.ts';
import { narrowText } from '../narrow-text.ts';
import { spansOf } from '../spans-of.ts';

const NUMBER = /[1-9](?:[ -]?\d){12}/g;
const WEIGHTS = [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1];

/** Japanese corporate numbers. */
export const jpCorporateNumber: Check = {
  name: 'jp-corporate-number',
  summary:
    'Japanese corporate numbers (法人番号), those of qualified invoice issuers (`T` before them) too: thirteen digits whose check digit fits.',
  limits: 'One in nine numbers of thirteen digits fits the check digit by chance.',
  compile: () => ({
    kind: 'spans',
    label: 'CORPORATE_NUMBER',
    needs: DIGITS_12,
    reach: 32,
    hold: holdNumber,
    find: (text) => spansOf(narrowText(text), NUMBER, isCorporateNumber),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: '法人番号は7000012050002です。' },
    miss: { kind: 'text', text: '法人番号は8000012050002です。' },
  },
};

function isCorporateNumber(match: RegExpExecArray, text: string): boolean {
  // The letter of an invoice number belongs to the number's surroundings.
  const start = text[match.index - 1] === 'T' ? match.index - 1 : match.index;
  if (!isWholeNumber(text, start, match.index + match[0].length)) return false;
  const digits = digitsOf(match[0]);
  return !isOneDigit(digits) && 9 - (weightedSum(digits.slice(1), WEIGHTS) % 9) === Number(digits[0]);
}

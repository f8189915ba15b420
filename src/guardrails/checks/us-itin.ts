import { digitsOf, isWholeNumber } from '../boundaries.ts';
import { DIGITS_6 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { CONTEXT_LENGTH, hasWordBefore } from '../context-words.ts';
import { narrowText } from '../narrow-text.ts';
import { spansOf } from '../spans-of.ts';

const NUMBER = /9\d{2}([- ]?)\d{2}([- ]?)\d{4}/g;
const SAID = /\bitin|tax.?(?:payer|id)/i;

/** US individual taxpayer identification numbers. */
export const usItin: Check = {
  name: 'us-itin',
  summary:
    'US individual taxpayer identification numbers: nine digits that begin with 9, in the groups that the IRS issues.',
  limits: 'Without separators it is found only after words as "ITIN" or "taxpayer".',
  compile: () => ({
    kind: 'spans',
    label: 'ITIN',
    needs: DIGITS_6,
    reach: CONTEXT_LENGTH + 16,
    find: (text) => spansOf(narrowText(text), NUMBER, isItin),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Filed under 911-70-1234.' },
    miss: { kind: 'text', text: 'Filed under 911-89-1234.' },
  },
};

function isItin(match: RegExpExecArray, text: string): boolean {
  if (!isWholeNumber(text, match.index, match.index + match[0].length)) return false;
  // IRS publication 1915: groups 50–65, 70–88, 90–92, 94–99.
  const group = Number(digitsOf(match[0]).slice(3, 5));
  if (group < 50 || (group > 65 && group < 70) || group === 89 || group === 93) return false;
  return match[1] !== '' || match[2] !== '' || hasWordBefore(text, match.index, SAID);
}

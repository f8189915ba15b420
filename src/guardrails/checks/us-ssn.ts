import { digitsOf, isOneDigit, isWholeNumber } from '../boundaries.ts';
import { DIGITS_6 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { CONTEXT_LENGTH, hasWordBefore } from '../context-words.ts';
import { narrowText } from '../narrow-text.ts';
import { spansOf } from '../spans-of.ts';

const NUMBER = /\d{3}([-. ]?)\d{2}([-. ]?)\d{4}/g;
const SAID = /\bssn|social.?security|\bsocial\b|\btax.?id/i;
// The one that came with purses, and the example of the administration's own leaflet.
const WITHDRAWN = new Set(['078051120', '123456789', '987654321', '219099999']);

/** US social security numbers. */
export const usSsn: Check = {
  name: 'us-ssn',
  summary: 'US social security numbers, with separators; without them where the words before say what it is.',
  limits:
    'Nine digits without separators are found only after words as "SSN" or "social security". The number has no check digit.',
  compile: () => ({
    kind: 'spans',
    label: 'SSN',
    needs: DIGITS_6,
    reach: CONTEXT_LENGTH + 16,
    find: (text) => spansOf(narrowText(text), NUMBER, isSsn),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'My number is 536-22-8765.' },
    miss: { kind: 'text', text: 'My number is 000-22-8765.' },
  },
};

function isSsn(match: RegExpExecArray, text: string): boolean {
  if (!isWholeNumber(text, match.index, match.index + match[0].length)) return false;
  const digits = digitsOf(match[0]);
  // 20 CFR 422.103: no area 000, 666 or above 899, no group 00, no serial 0000.
  if (/^(?:000|666|9)|^.{3}00|0000$/.test(digits) || isOneDigit(digits) || WITHDRAWN.has(digits)) return false;
  const [, first = '', second = ''] = match;
  if (first !== '' && first === second) return true;
  // Two different signs between the digits belong to something else.
  return (first === '' || second === '') && hasWordBefore(text, match.index, SAID);
}

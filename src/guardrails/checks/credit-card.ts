import { digitsOf, isOneDigit, standsApart } from '../boundaries.ts';
import { DIGIT } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { isLuhn } from '../check-digits.ts';
import { holdNumber } from '../hold.ts';
import { narrowText } from '../narrow-text.ts';
import { spansOf } from '../spans-of.ts';

const CARD = /\d(?:[ -]?\d){11,18}/g;

/** Payment card numbers. */
export const creditCard: Check = {
  name: 'credit-card',
  summary:
    'Numbers of payment cards (Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, Mir, UATP) whose check digit fits.',
  limits: 'A number of 12 to 19 digits that begins like a card and fits the check digit by chance is found too.',
  compile: () => ({
    kind: 'spans',
    label: 'CARD',
    needs: DIGIT,
    reach: 40,
    hold: holdNumber,
    find: (text) => spansOf(narrowText(text), CARD, isCard),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Charge 4111 1111 1111 1111, please.' },
    miss: { kind: 'text', text: 'Order 4111 1111 1111 1112 is late.' },
  },
};

function isCard(match: RegExpExecArray, text: string): boolean {
  if (!standsApart(text, match.index, match.index + match[0].length)) return false;
  const digits = digitsOf(match[0]);
  return hasIssuer(digits) && isLuhn(digits) && !isOneDigit(digits);
}

/** Ranges of ISO/IEC 7812 as the networks publish them (read 2026-11), with the lengths that each issues. */
function hasIssuer(digits: string): boolean {
  const length = digits.length;
  const two = Number(digits.slice(0, 2));
  const four = Number(digits.slice(0, 4));
  if (digits[0] === '4') return length === 13 || length === 16 || length === 19;
  if (two >= 51 && two <= 55) return length === 16;
  if (four >= 2200 && four <= 2204) return length >= 16;
  if (four >= 2221 && four <= 2720) return length === 16;
  if (two === 34 || two === 37) return length === 15;
  if (two === 36 || two === 38 || two === 39 || (four >= 3000 && four <= 3059) || four === 3095) return length >= 14;
  if (four >= 3528 && four <= 3589) return length >= 16;
  if (four === 2131 || four === 1800) return length === 15;
  if (digits[0] === '1' || two === 12) return length === 15;
  // Discover, UnionPay and Maestro share the sixes; Maestro alone is shorter.
  if (digits[0] === '6') return length >= 16 || isMaestro(two);
  return isMaestro(two);
}

function isMaestro(two: number): boolean {
  return two === 50 || (two >= 56 && two <= 58) || two === 60 || two === 61 || two === 63 || two === 67 || two === 69;
}

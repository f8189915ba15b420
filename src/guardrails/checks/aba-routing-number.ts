import { DIGITS_6 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { weightedSum } from '../check-digits.ts';
import { contextNumber } from '../context-number.ts';

const NUMBER = /[0-3678]\d{3}-?\d{4}-?\d/g;
const SAID = /\brouting|\baba\b|\bbank|\bwire\b|\bach\b/i;
const WEIGHTS = [3, 7, 1, 3, 7, 1, 3, 7, 1];

/** Routing numbers of US banks. */
export const abaRoutingNumber: Check = {
  name: 'aba-routing-number',
  summary:
    'Routing numbers of US banks: nine digits whose check digit fits, in their usual groups or after words as "routing".',
  limits: 'Only after words as "routing", "ABA" or "bank".',
  compile: () =>
    contextNumber({ label: 'ROUTING_NUMBER', expression: NUMBER, said: SAID, isValid: fits, needs: DIGITS_6 }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Our routing number is 121000358.' },
    miss: { kind: 'text', text: 'Our routing number is 121000359.' },
  },
};

/** The ranges of the Federal Reserve banks, and the sum of the American Bankers Association. */
function fits(digits: string): boolean {
  return /^(?:0\d|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)/.test(digits) && weightedSum(digits, WEIGHTS) % 10 === 0;
}

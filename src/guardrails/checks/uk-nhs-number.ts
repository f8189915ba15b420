import { DIGITS_6 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { weightedSum } from '../check-digits.ts';
import { contextNumber } from '../context-number.ts';

const NUMBER = /\d{3}[- ]?\d{3}[- ]?\d{4}/g;
const WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2];

/** Numbers of the UK health service. */
export const ukNhsNumber: Check = {
  name: 'uk-nhs-number',
  summary: 'Numbers of the UK National Health Service: ten digits whose check digit fits.',
  limits: 'One in eleven numbers of ten digits fits the check digit by chance, telephone numbers among them.',
  compile: () => contextNumber({ label: 'NHS_NUMBER', expression: NUMBER, isValid: fits, needs: DIGITS_6 }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'NHS number 943 476 5919' },
    miss: { kind: 'text', text: 'NHS number 943 476 5918' },
  },
};

/** NHS Data Dictionary, "NHS number": modulus 11. */
function fits(digits: string): boolean {
  const rest = 11 - (weightedSum(digits, WEIGHTS) % 11);
  return !/^(\d)\1*$/.test(digits) && (rest === 11 ? 0 : rest) === Number(digits[9]);
}

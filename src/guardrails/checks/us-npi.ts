import { DIGITS_6 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { isLuhn } from '../check-digits.ts';
import { contextNumber } from '../context-number.ts';

const NUMBER = /[12]\d{3}[- ]?\d{3}[- ]?\d{3}/g;
const SAID = /\bnpi\b|provider|physician|prescriber|\bdr\.?\s/i;

/** Identifiers of US health care providers. */
export const usNpi: Check = {
  name: 'us-npi',
  summary:
    'US national provider identifiers of health care: ten digits whose check digit fits, after words as "NPI" or "provider".',

  compile: () =>
    contextNumber({
      label: 'NPI',
      expression: NUMBER,
      said: SAID,
      needs: DIGITS_6,
      isValid: (digits) => isLuhn(`80840${digits}`),
    }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Provider NPI: 1234567893' },
    miss: { kind: 'text', text: 'Provider NPI: 1234567894' },
  },
};

import { DIGITS_6 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { contextNumber } from '../context-number.ts';

// HMRC manual NIM39110 (read 2026-11).
const NUMBER = /(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]/gi;

/** UK national insurance numbers. */
export const ukNino: Check = {
  name: 'uk-nino',
  summary: 'UK national insurance numbers, by their form and the letters that are never given.',

  compile: () => contextNumber({ label: 'NINO', expression: NUMBER, needs: DIGITS_6 }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'My NI number is AB 12 34 56 C.' },
    miss: { kind: 'text', text: 'My NI number is BG 12 34 56 C.' },
  },
};

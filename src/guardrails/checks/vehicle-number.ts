import { DIGIT, LETTER, RUN_16 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { contextNumber } from '../context-number.ts';

const NUMBER = /[A-HJ-NPR-Z\d]{9}[A-HJ-NPR-Z\d]{4}\d{4}/gi;

/** Vehicle identification numbers. */
export const vehicleNumber: Check = {
  name: 'vehicle-number',
  summary: 'Vehicle identification numbers (ISO 3779): 17 characters whose check digit fits.',
  limits: 'European numbers often have no check digit; those are not found.',
  compile: () => contextNumber({ label: 'VIN', expression: NUMBER, isValid: fits, needs: DIGIT | LETTER | RUN_16 }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'VIN 1HGCM82633A004352, grey.' },
    miss: { kind: 'text', text: 'VIN 1HGCM82634A004352, grey.' },
  },
};

const VALUES = '0123456789.ABCDEFGH..JKLMN.P.R..STUVWXYZ';
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** 49 CFR 565.15: letters stand for digits by their place in the table. */
function fits(text: string): boolean {
  let sum = 0;
  for (let at = 0; at < 17; at++) sum += (VALUES.indexOf(text.charAt(at)) % 10) * (WEIGHTS[at] ?? 0);
  return '0123456789X'[sum % 11] === text[8] && /[A-Z]/.test(text) && !/^(.)\1*$/.test(text);
}

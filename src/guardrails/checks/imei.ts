import { DIGITS_12 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { isLuhn } from '../check-digits.ts';
import { contextNumber } from '../context-number.ts';

const NUMBER = /\d{2}[- ]?\d{6}[- ]?\d{6}[- ]?\d/g;
const SAID = /\bimei|\bdevice|\bphone|\bhandset|端末|製造番号/i;

/** Serial numbers of mobile telephones. */
export const imei: Check = {
  name: 'imei',
  summary:
    'Serial numbers of mobile telephones: fifteen digits whose check digit fits, after words as "IMEI" or "device".',

  compile: () => contextNumber({ label: 'IMEI', expression: NUMBER, said: SAID, isValid: isLuhn, needs: DIGITS_12 }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'The IMEI is 490154203237518.' },
    miss: { kind: 'text', text: 'The IMEI is 490154203237519.' },
  },
};

import { LETTER } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { contextNumber } from '../context-number.ts';

const CODE = /[A-Z]{4}[A-Z]{2}[A-Z\d]{2}(?:[A-Z\d]{3})?/g;
const SAID = /\bswift\b|\bbic\b/i;

/** Codes of banks. */
export const swiftBic: Check = {
  name: 'swift-bic',
  summary: 'Codes of banks (ISO 9362) after words as "SWIFT" or "BIC".',

  compile: () => contextNumber({ label: 'BIC', expression: CODE, said: SAID, needs: LETTER }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'SWIFT: DEUTDEFF500' },
    miss: { kind: 'text', text: 'CODE: DEUTDEFF500' },
  },
};

import type { Check } from '../check.ts';
import { contextNumber } from '../context-number.ts';

// CMS, "Understanding the MBI format" (read 2026-11): no S, L, O, I, B, Z.
const NUMBER =
  /[1-9][AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y][\dAC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}/gi;

/** US Medicare beneficiary identifiers. */
export const usMbi: Check = {
  name: 'us-mbi',
  summary: 'US Medicare beneficiary identifiers, by the form that the agency publishes for each of the eleven places.',

  compile: () => contextNumber({ label: 'MBI', expression: NUMBER }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Patient 1EG4-TE5-MK73 was seen.' },
    miss: { kind: 'text', text: 'Patient 1EG4-TE5-MKS3 was seen.' },
  },
};

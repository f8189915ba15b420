import { WIDE } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { spansOf } from '../spans-of.ts';

const CONTROL = /[\u202a-\u202e\u2066-\u2069]{1,64}/g;

/** Characters that turn the direction of text around. */
export const bidiControls: Check = {
  name: 'bidi-controls',
  summary:
    'Characters that turn the direction of writing around, so that text reads otherwise than it is (CVE-2021-42574).',
  compile: () => ({ kind: 'spans', label: 'BIDI', needs: WIDE, reach: 66, find: (text) => spansOf(text, CONTROL) }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'file\u202efdp.exe' },
    miss: { kind: 'text', text: 'שלום, مرحبا' },
  },
};

import { WIDE } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { spansOf } from '../spans-of.ts';

// Zero-width, soft hyphen, fillers, tags and variation selectors beyond the emoji ones. A joiner between emoji or in scripts that need it is fine.
const HIDDEN =
  /[\u00ad\u180e\u200b\u2060-\u2064\u3164\uffa0\u{e0000}-\u{e007f}]{1,64}|[\u{e0100}-\u{e01ef}]{1,64}|\ufeff{1,64}|(?<=[\x20-\x7e])[\u200c\u200d]{1,64}(?=[\x20-\x7e])/gu;

/** Characters that nobody sees. */
export const invisibleCharacters: Check = {
  name: 'invisible-characters',
  summary: 'Characters that are not seen and carry hidden text: zero-width ones, Unicode tags, fillers, soft hyphens.',
  limits: 'Joiners are found only between ASCII characters: emoji and several scripts need them.',
  compile: () => ({
    kind: 'spans',
    label: 'INVISIBLE',
    needs: WIDE,
    reach: 132,
    find: (text) => spansOf(text, HIDDEN),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Hello\u200b\u2060 there' },
    miss: { kind: 'text', text: 'Hallo, schöne Welt 👩‍💻' },
  },
};

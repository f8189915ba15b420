import { LETTER, RUN_16 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { holdWord } from '../hold.ts';
import { spansOf } from '../spans-of.ts';

const TOKEN = /(?<![\w+/=.-])[A-Za-z\d+/_-]{20,256}={0,2}(?![\w+/=-])/g;
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
/** Bits per character: random base64 of 20 to 256 characters has 3.9 to 5.8, English words run together below 3.7. */
const LEAST = 3.8;

/** Keys without a form of their own. */
export const secretEntropy: Check = {
  name: 'secret-entropy',
  summary:
    'Strings of 20 to 256 characters that look drawn at random: letters of both cases and digits mixed, with an entropy of 3.8 bits a character and more. For keys that no prefix gives away.',
  limits:
    'Digests in hexadecimal, UUIDs and anything without upper case, lower case and digits are not found; identifiers of other systems may be. Better to `flag` than to `block`.',
  compile: () => ({
    kind: 'spans',
    label: 'SECRET',
    needs: LETTER | RUN_16,
    reach: 262,
    hold: holdWord,
    find: (text) => spansOf(text, TOKEN, ({ 0: token }) => isRandom(token)),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'It is q7Rz0KfT2mXv9LpYb4WcJh8N for now.' },
    miss: { kind: 'text', text: 'It is internationalisation_of_the_page for now.' },
  },
};

function isRandom(token: string): boolean {
  if (UUID.test(token) || !/[A-Z]/.test(token) || !/[a-z]/.test(token)) return false;
  const digits = token.match(/\d/g)?.length ?? 0;
  // Paths and names have few digits, and their words change case rarely.
  if (digits < 2 || digits > token.length * 0.7 || changes(token) < token.length / 3) return false;
  return entropyOf(token) >= LEAST;
}

/** How often the kind of character changes: upper case, lower case, digit, sign. */
function changes(token: string): number {
  let count = 0;
  let last = -1;
  for (let at = 0; at < token.length; at++) {
    const kind = kindOf(token.charCodeAt(at));
    if (last >= 0 && kind !== last) count++;
    last = kind;
  }
  return count;
}

function kindOf(code: number): number {
  if (code >= 0x61) return 0;
  if (code >= 0x41 && code <= 0x5a) return 1;
  return code >= 0x30 && code <= 0x39 ? 2 : 3;
}

/** Shannon entropy of the characters, in bits. */
function entropyOf(text: string): number {
  const counts = new Uint16Array(128);
  for (let at = 0; at < text.length; at++) counts[text.charCodeAt(at)] = (counts[text.charCodeAt(at)] ?? 0) + 1;
  let bits = 0;
  for (const count of counts) {
    if (count === 0) continue;
    const share = count / text.length;
    bits -= share * Math.log2(share);
  }
  return bits;
}

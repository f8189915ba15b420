import { JOINER } from '../char-classes.ts';
import type { Check, Span } from '../check.ts';

const BEGIN = /-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const END = '-----END ';
/** An RSA key of 8192 bits in PEM. */
const LONGEST = 7000;

/** Private keys. */
export const privateKey: Check = {
  name: 'private-key',
  summary: 'Private keys in PEM and PGP form, cut ones too: from the line that begins them to the one that ends them.',
  limits: 'Only the first 7,000 characters of a key count when it has no end.',
  compile: () => ({
    kind: 'spans',
    label: 'PRIVATE_KEY',
    needs: JOINER,
    reach: LONGEST,
    hold,
    find,
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----' },
    miss: { kind: 'text', text: '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----' },
  },
};

function find(text: string): readonly Span[] {
  if (!text.includes('-----BEGIN ')) return [];
  const spans: Span[] = [];
  BEGIN.lastIndex = 0;
  for (let match = BEGIN.exec(text); match !== null; match = BEGIN.exec(text)) {
    const end = endOf(text, match.index + match[0].length, match.index + LONGEST);
    spans.push({ start: match.index, end });
    BEGIN.lastIndex = end;
  }
  return spans;
}

function endOf(text: string, from: number, limit: number): number {
  const last = Math.min(text.length, limit);
  const at = text.slice(from, last).indexOf(END);
  if (at < 0) return last;
  const close = text.indexOf('-----', from + at + END.length);
  return close < 0 || close > last - 5 ? last : close + 5;
}

/** From an open `-----BEGIN`, or from dashes that may become one. */
function hold(text: string): number {
  const begin = text.lastIndexOf('-----BEGIN ');
  const end = text.lastIndexOf('-----END ');
  if (begin >= 0 && begin > end) return begin;
  if (begin >= 0 && text.indexOf('-----', end + END.length) < 0) return begin;
  const dash = text.lastIndexOf('-', text.length);
  if (dash < 0 || text.length - dash > 8) return text.length;
  let at = dash;
  while (at > 0 && text[at - 1] === '-') at--;
  return at;
}

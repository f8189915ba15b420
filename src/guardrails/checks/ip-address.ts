import { DOT_OR_COLON } from '../char-classes.ts';
import type { Check, Span } from '../check.ts';
import { holdWord } from '../hold.ts';
import { inOrder, spansOf } from '../spans-of.ts';

const FOUR = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/g;
// Candidates only: what is an address is decided below. A zone and a prefix length belong to it.
const SIX = /[\dA-Fa-f:]{0,5}:[\dA-Fa-f:]{1,39}(?:\.\d{1,3}){0,3}/g;

/** IP addresses. */
export const ipAddress: Check = {
  name: 'ip-address',
  summary: 'IP addresses of versions 4 and 6, shortened forms and those with a version 4 tail too.',
  limits: 'A version number of four parts, each below 256, looks like an address and is found.',
  compile: () => ({
    kind: 'spans',
    label: 'IP',
    needs: DOT_OR_COLON,
    reach: 64,
    hold: holdWord,
    find: (text) => {
      const four = spansOf(text, FOUR, isFour);
      return text.includes('::') || text.includes(':') ? inOrder([...four, ...spansOf(text, SIX, sixIn)]) : four;
    },
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'It came from 203.0.113.7 at noon.' },
    miss: { kind: 'text', text: 'It came from 203.0.113.777 at 12:30.' },
  },
};

function isFour(match: RegExpExecArray, text: string): boolean {
  const end = match.index + match[0].length;
  if (/[\w.:-]$/.test(text.slice(Math.max(0, match.index - 1), match.index)) && !isPort(text, match.index))
    return false;
  if (/^(?:[\w-]|\.\d)/.test(text.slice(end, end + 2))) return false;
  return isDotted(match[0]);
}

/** `host:203.0.113.7` is an address after a colon; `::ffff:203.0.113.7` is the other expression's. */
function isPort(text: string, start: number): boolean {
  return text[start - 1] === ':' && !/[\dA-Fa-f:]/.test(text[start - 2] ?? '');
}

function isDotted(text: string): boolean {
  return text.split('.').every((part) => Number(part) < 256 && (part.length === 1 || part[0] !== '0'));
}

function sixIn(match: RegExpExecArray, text: string): Span | false {
  const start = match.index;
  if (/[\w:.]$/.test(text.slice(Math.max(0, start - 1), start))) return false;
  let value = match[0];
  // A colon or dot that ends the clause is not part of it.
  if (value.endsWith(':') && !value.endsWith('::')) value = value.slice(0, -1);
  const end = start + value.length;
  if (/^[\w:]/.test(text.slice(end, end + 1)) || !isSix(value)) return false;
  return { start, end };
}

/** RFC 4291 §2.2. */
function isSix(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const parts = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = parts.at(-1);
  const hasFour = last?.includes('.') === true;
  if (hasFour && !(isDotted(last) && last.split('.').length === 4)) return false;
  const groups = hasFour ? parts.slice(0, -1) : parts;
  if (groups.some((group) => !/^[\dA-Fa-f]{1,4}$/.test(group))) return false;
  const count = groups.length + (hasFour ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}

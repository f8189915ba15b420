import { DOT_OR_COLON } from '../char-classes.ts';
import type { Check, Span } from '../check.ts';
import { holdWord } from '../hold.ts';
import { inOrder, spansOf } from '../spans-of.ts';

/** Two colons with no more than a group between: no text without them has an address of version 6. */
const COLONS = /:[\dA-Fa-f]{0,4}:/;
const FOUR = /\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}/g;
// RFC 4007 §11 and RFC 4632 §3.1.
const TAIL = /^(?:%[\w.-]{0,15}\w)?(?:\/(?:12[0-8]|1[01]\d|\d{1,2})(?!\.?\d))?/;
// Candidates only: what is an address is decided below. A zone and a prefix length belong to it.
const SIX = /(?<![\w.:])[\dA-Fa-f]{0,4}:[\dA-Fa-f:]{1,39}(?:\.\d{1,3}){0,3}/g;

/** IP addresses. */
export const ipAddress: Check = {
  name: 'ip-address',
  summary: 'IP addresses of versions 4 and 6, shortened forms, zones, prefixes and those with a version 4 tail too.',
  limits: 'A version number of four parts, each below 256, looks like an address and is found.',
  compile: () => ({
    kind: 'spans',
    label: 'IP',
    needs: DOT_OR_COLON,
    reach: 96,
    hold: holdWord,
    find: (text) => {
      const four = spansOf(text, FOUR, isFour);
      return COLONS.test(text) ? inOrder([...four, ...spansOf(text, SIX, sixIn)]) : four;
    },
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'It came from 203.0.113.7 at noon.' },
    miss: { kind: 'text', text: 'It came from 203.0.113.777 at 12:30.' },
  },
};

function isFour(match: RegExpExecArray, text: string): Span | false {
  const end = match.index + match[0].length;
  if (/[\w.-]$/.test(text.slice(Math.max(0, match.index - 1), match.index))) return false;
  // After a colon it may be the end of a longer address, which the other expression finds, and which then counts.
  if (/^(?:[\w-]|\.\d)/.test(text.slice(end, end + 2)) || !isDotted(match[0])) return false;
  return withTail(text, match.index, end);
}

/** The zone and the length of the prefix belong to an address. */
function withTail(text: string, start: number, end: number): Span {
  return { start, end: end + (TAIL.exec(text.slice(end, end + 22))?.[0].length ?? 0) };
}

function isDotted(text: string): boolean {
  return text.split('.').every((part) => Number(part) < 256 && (part.length === 1 || part[0] !== '0'));
}

function sixIn(match: RegExpExecArray, text: string): Span | false {
  const start = match.index;
  let value = match[0];
  // A colon or dot that ends the clause is not part of it.
  if (value.endsWith(':') && !value.endsWith('::')) value = value.slice(0, -1);
  const end = start + value.length;
  if (/^[\w:]/.test(text.slice(end, end + 1)) || !isSix(value)) return false;
  return withTail(text, start, end);
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

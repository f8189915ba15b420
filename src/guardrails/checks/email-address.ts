import { AT } from '../char-classes.ts';
import type { Check, Span } from '../check.ts';
import { holdWord } from '../hold.ts';

/*
 * RFC 5321 §4.5.3.1: 64 characters before the @, 255 after it; RFC 6531 and 5890: letters of every script in the labels of a host, and `xn--` for its last
 * one. Each class is bounded and none meets its neighbour's characters without a separator.
 */
const LOCAL =
  "(?<![\\w\\u00c0-\\u024f.%+'-])[\\w\\u00c0-\\u024f%+'-](?:[\\w\\u00c0-\\u024f.%+'-]{0,62}[\\w\\u00c0-\\u024f%+'-])?";
const LABEL = '[\\p{L}\\p{M}0-9](?:[\\p{L}\\p{M}0-9-]{0,61}[\\p{L}\\p{M}0-9])?';
const TOP = '(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,58})(?![\\w-])';
const BY_NUMBER = '(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\w-])|\\[(?:\\d{1,3}\\.){3}\\d{1,3}\\]';
const ADDRESS = new RegExp(`${LOCAL}@(?:(?:${LABEL}\\.){1,8}${TOP}|${BY_NUMBER})`, 'gu');

/** E-mail addresses. */
export const emailAddress: Check = {
  name: 'email-address',
  summary: 'E-mail addresses as they are written in texts.',
  limits: 'Quoted local parts, and hosts whose last label is not ASCII, are not found.',
  compile: () => ({
    kind: 'spans',
    label: 'EMAIL',
    needs: AT,
    reach: 330,
    hold: holdWord,
    find: (text) => [...text.matchAll(ADDRESS)].map(spanOf),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Write to jane.doe@example.com today.' },
    miss: { kind: 'text', text: 'Meet @jane at 5.' },
  },
};

function spanOf(match: RegExpExecArray): Span {
  return { start: match.index, end: match.index + match[0].length };
}

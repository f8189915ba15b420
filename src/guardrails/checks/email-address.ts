import { AT } from '../char-classes.ts';
import type { Check, Span } from '../check.ts';
import { holdWord } from '../hold.ts';

/*
 * RFC 5321 §4.5.3.1: 64 characters before the @, 255 after it; RFC 6531 and 5890: letters of every script in the labels of a host, and `xn--` for its last
 * one. Each class is bounded and none meets its neighbour's characters without a separator.
 */
const LONGEST_LOCAL = 64;
const LOCAL = /[\w\u00c0-\u024f%+'-](?:[\w\u00c0-\u024f.%+'-]{0,63})$/;
const LABEL = '[\\p{L}\\p{M}0-9](?:[\\p{L}\\p{M}0-9-]{0,61}[\\p{L}\\p{M}0-9])?';
const TOP = '(?:[A-Za-z]{2,24}|xn--[A-Za-z0-9-]{2,58})(?![\\w-])';
const BY_NUMBER = '(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\w-])|\\[(?:\\d{1,3}\\.){3}\\d{1,3}\\]';
const HOST = new RegExp(`@(?:(?:${LABEL}\\.){1,8}${TOP}|${BY_NUMBER})`, 'uy');

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
    find,
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'Write to jane.doe@example.com today.' },
    miss: { kind: 'text', text: 'Meet @jane at 5.' },
  },
};

/** From each @ both ways: most texts have few of them. */
function find(text: string): readonly Span[] {
  const spans: Span[] = [];
  let free = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const from = Math.max(free, at - LONGEST_LOCAL - 1);
    const local = at > free && text[at - 1] !== '.' ? LOCAL.exec(text.slice(from, at)) : null;
    // One that goes on before what may be looked at is too long to be any.
    if (local === null || local[0].length > LONGEST_LOCAL) continue;
    HOST.lastIndex = at;
    const host = HOST.exec(text);
    if (host === null) continue;
    free = at + host[0].length;
    spans.push({ start: at - local[0].length, end: free });
  }
  return spans;
}

import { AT } from '../char-classes.ts';
import type { Check, Span } from '../check.ts';
import { holdWord } from '../hold.ts';

// RFC 5321 §4.5.3.1: 64 characters before the @, 255 after it. Each class is bounded and none meets its neighbour's characters without a separator.
const ADDRESS =
  /(?<![\w.%+'-])[\w%+'-](?:[\w.%+'-]{0,62}[\w%+'-])?@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![\w-])/g;

/** E-mail addresses. */
export const emailAddress: Check = {
  name: 'email-address',
  summary: 'E-mail addresses as they are written in texts.',
  limits: 'Quoted local parts and addresses by IP number are not found.',
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

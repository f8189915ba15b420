import { AT, JOINER } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { holdWord } from '../hold.ts';
import { spansOf } from '../spans-of.ts';

// RFC 3986 §3.2.1: what stands between `://` and `@`.
const LOGIN = /:\/\/[^\s/@:?#"'<>]{0,128}:([^\s/@"'<>]{1,256})@[\w.-]{1,255}/g;

/** Passwords inside of addresses. */
export const urlCredentials: Check = {
  name: 'url-credentials',
  summary:
    'Passwords in addresses and connection strings, as `postgres://user:password@host`; user, password and host are masked.',
  compile: () => ({
    kind: 'spans',
    label: 'URL_CREDENTIALS',
    needs: AT | JOINER,
    reach: 660,
    hold: holdWord,
    find: (text) =>
      text.includes('://')
        ? spansOf(text, LOGIN, ({ 0: all, index }) => ({ start: index + 3, end: index + all.length }))
        : [],
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'postgres://app:s3cret@db.example.com/app' },
    miss: { kind: 'text', text: 'https://example.com:8080/@someone' },
  },
};

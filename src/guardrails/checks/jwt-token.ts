import { LETTER, RUN_16 } from '../char-classes.ts';
import type { Check } from '../check.ts';
import { holdWord } from '../hold.ts';
import { spansOf } from '../spans-of.ts';

// `eyJ` is base64url for `{"`: header and claims begin so (RFC 7519 §3.1). An encrypted token has five parts (RFC 7516 §3.1).
const TOKEN =
  /(?<![\w-])eyJ[\w-]{10,2000}\.(?:eyJ[\w-]{4,4000}(?:\.[\w-]{0,1000})?|[\w-]{0,1000}(?:\.[\w-]{4,2000}){3})/g;

/** JSON web tokens. */
export const jwtToken: Check = {
  name: 'jwt-token',
  summary: 'JSON web tokens, signed, encrypted or without a signature.',
  limits: 'Whether a token is valid or has ended is not looked at.',
  compile: () => ({
    kind: 'spans',
    label: 'JWT',
    needs: LETTER | RUN_16,
    reach: 8192,
    hold: holdWord,
    find: (text) => (text.includes('eyJ') ? spansOf(text, TOKEN) : []),
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'token eyJhbGciOiJub25lIn0.eyJzdWIiOiJzYW1wbGUifQ.c2FtcGxl' },
    miss: { kind: 'text', text: 'eyJ is how a token begins.' },
  },
};

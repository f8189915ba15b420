import type { Check } from '../check.ts';
import { spansOf } from '../spans-of.ts';

const HEADER =
  /(?:(?<![A-Za-z])|(?<=\\[nrt]))(?:(?:proxy-)?authorization|(?:x-)?(?:api-key|auth-token|access-token)|ocp-apim-subscription-key|x-csrf-token|x-goog-api-key|(?:set-)?cookie)["']?[ \t]{0,3}:[ \t]{0,3}["']?(?:(?:bearer|basic|token|digest|negotiate|apikey)[ \t]{1,3})?[^\s"'<>;]{8,2048}(?:;[ \t]{0,2}[\w-]{1,64}=[^\s;"']{0,512}){0,20}/gi;
const NAME = /(?:authorization|-key|-token|cookie)["']?[ \t]{0,3}:/i;
const BEARER = /\bbearer[ \t]{1,3}[\w.~+/-]{16,2048}={0,2}/gi;

/** Headers that carry credentials. */
export const authHeader: Check = {
  name: 'auth-header',
  summary:
    'HTTP headers that carry credentials, as they stand in logs and commands: `Authorization`, `Cookie`, `X-API-Key` and their like.',
  compile: () => ({
    kind: 'spans',
    label: 'AUTH_HEADER',
    reach: 4096,
    find,
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'curl -H "Authorization: Bearer c2FtcGxlLXRva2Vu"' },
    miss: { kind: 'text', text: 'The Authorization: header comes first.' },
  },
};

function find(text: string) {
  const found = text.includes(':') && NAME.test(text) ? spansOf(text, HEADER) : [];
  return found.length > 0 || !/bearer/i.test(text) ? found : spansOf(text, BEARER);
}

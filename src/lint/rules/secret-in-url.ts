import type { Rule } from '../rule.ts';
import { textsOf } from '../texts-of.ts';

const USER_INFO = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/?#@"'<>]+@[^\s/]/i;
const QUERY_KEY = /[?&](?:api[-_]?key|key|access[-_]?token|token|auth|password|secret|sig|signature)=[^&\s]{4,}/i;

/** Credentials in an address. */
export const secretInUrl: Rule = {
  scope: 'tree',
  meta: {
    id: 'secret/in-url',
    severity: 'error',
    summary: 'A URL carries a user name, a password or a key.',
    why: 'Addresses end up in logs, traces, error messages and proxies, all of which treat them as harmless.',
    bad: `
kind: Provider
metadata: { name: openai }
spec: { baseUrl: "https://gateway:letmein@proxy.example.com/v1" }`,
    good: `
kind: Provider
metadata: { name: openai }
spec: { baseUrl: "https://proxy.example.com/v1", headers: { proxy-authorization: { env: PROXY_AUTHORIZATION } } }`,
  },
  check({ parsed }) {
    return parsed.documents.flatMap((document) =>
      textsOf(document)
        .filter(({ text }) => text.includes('://') && (USER_INFO.test(text) || QUERY_KEY.test(text)))
        .map(({ path }) => ({
          at: document.valueSpan(path),
          subject: `${document.kind}/${document.name}`,
          message: 'this URL carries credentials; addresses are logged everywhere',
          hint: 'Remove them from the URL and send them as a header from `{ env: NAME }`, or by `auth`.',
        })),
    );
  },
};

import type { Rule } from '../rule.ts';
import { secretShape } from '../secret-shape.ts';
import { textsOf } from '../texts-of.ts';

/** Fields that hold digests on purpose. */
const DIGESTS: ReadonlySet<string> = new Set(['sha256', 'pin', 'digest']);

/** A key that stands in a file. */
export const secretLiteral: Rule = {
  scope: 'tree',
  meta: {
    id: 'secret/literal',
    severity: 'error',
    summary: 'A text looks like a key, or a secret field holds plain text.',
    why: 'Policies live in git: whoever can read the repository, its forks, its CI logs or a backup has the key, and removing the line does not remove it from history. Known prefixes of providers are recognised, and long random texts. The finding never shows the value.',
    bad: `
kind: Route
metadata: { name: default }
spec:
  match: { headers: { x-team-key: ["sk-proj-EXAMPLEONLYq7Rz2Vb9Ls4Td1"] } }
  chain: premium`,
    good: `
kind: Provider
metadata: { name: openai }
spec: { auth: { kind: bearer, secret: { env: OPENAI_API_KEY } } }`,
    waive: 'When the text only looks like a key; say in the reason what it is.',
  },
  check({ parsed }) {
    return parsed.documents.flatMap((document) =>
      textsOf(document).flatMap(({ path, text }) => {
        if (DIGESTS.has(String(path.at(-1)))) return [];
        const shape = secretShape(text);
        if (shape === null) return [];
        return [
          {
            at: document.valueSpan(path),
            subject: `${document.kind}/${document.name}`,
            message: `this looks like ${shape}; keys do not belong into a policy file`,
            hint: 'Withdraw the key where it was made, put a new one into the environment and refer to it as `{ env: NAME }`.',
          },
        ];
      }),
    );
  },
};

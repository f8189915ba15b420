import { UNENFORCED } from '../enforcement.ts';
import type { Rule } from '../rule.ts';

/** What the policies say and this version does not do yet. */
export const runtimeNotEnforced: Rule = {
  scope: 'tree',
  meta: {
    id: 'runtime/not-enforced',
    severity: 'info',
    summary: 'A kind or field is understood and carried, but this version does not act on it yet.',
    why: 'A policy that is accepted and has no effect is the most dangerous kind. One finding per kind or field names the first place; it disappears with the version that acts on it.',
    bad: `
kind: Drill
metadata: { name: openai-outage, owner: platform }
spec: { incident: [{ provider: openai, from: 14:00, for: 2h, outcome: server-error, share: 100% }] }`,
    good: `
kind: Route
metadata: { name: default, owner: platform }
spec: { match: {}, chain: premium }`,
    waive: 'When the team knows it and wants a quiet report.',
  },
  check({ parsed }) {
    return UNENFORCED.flatMap(({ kind, find, message }) => {
      for (const document of parsed.documents) {
        const path = document.kind === kind ? find(document.value) : null;
        if (path === null) continue;
        const subject = `${document.kind}/${document.name}`;
        return [
          {
            at: document.valueSpan(path),
            subject,
            message,
            hint: 'Nothing needs to be changed; do not rely on it yet.',
          },
        ];
      }
      return [];
    });
  },
};

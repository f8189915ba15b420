import type { Rule } from '../rule.ts';

/** Several documents in one file. */
export const yamlMultiDocFile: Rule = {
  meta: {
    id: 'yaml/multi-doc-file',
    severity: 'info',
    summary: 'A file holds several documents.',
    why: 'Reviews, owners and history work by file: whoever owns one of the documents is asked about all of them, and a line of dashes that is lost makes two documents one.',
    bad: `
kind: Guardrail
metadata: { name: cards }
spec: { checks: [{ id: card, check: credit-card, action: block }] }
---
kind: Guardrail
metadata: { name: mails }
spec: { checks: [{ id: mail, check: email-address, action: mask }] }`,
    good: `
kind: Guardrail
metadata: { name: cards }
spec: { checks: [{ id: card, check: credit-card, action: block }] }`,
    options: 'Documents of the kinds Waiver, Drill, Invariant and Test may stand together: each is a line of a list.',
  },
  scope: 'tree',
  check({ parsed }) {
    const byFile = Map.groupBy(parsed.documents, ({ file }) => file);
    return [...byFile.values()].flatMap((documents) => {
      const second = documents.toSorted((a, b) => a.index - b.index)[1];
      if (!second || documents.every(({ kind }) => LISTED.has(kind))) return [];
      return [
        {
          at: second.keySpan(['kind']),
          subject: `${second.kind}/${second.name}`,
          message: `this file holds ${documents.length} documents; by convention there is one per file`,
          hint: `Move ${second.kind} \`${second.name}\` to a file of its own.`,
        },
      ];
    });
  },
};

const LISTED: ReadonlySet<string> = new Set(['Waiver', 'Drill', 'Invariant', 'Test']);

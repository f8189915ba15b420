import { findAnchors } from '#policy';
import type { Rule } from '../rule.ts';

/** Text that stands somewhere else. */
export const yamlAnchorUse: Rule = {
  meta: {
    id: 'yaml/anchor-use',
    severity: 'info',
    summary: 'A file uses an anchor or alias of YAML.',
    why: 'A change of the anchor changes places that the diff does not show, and nobody reviews what is not in the diff. What several documents share has a place of its own: `defaults` of the chain or project, a chain that others name.',
    bad: `
kind: Chain
metadata: { name: premium }
spec:
  targets:
    - { id: gpt, model: openai/gpt-4o, timeouts: &patient { total: 60s } }
    - { id: claude, model: anthropic/claude-sonnet-4-5, timeouts: *patient }`,
    good: `
kind: Chain
metadata: { name: premium }
spec:
  defaults: { timeouts: { total: 60s } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }`,
  },
  scope: 'tree',
  check({ parsed }) {
    return [...parsed.texts].flatMap(([file, text]) => {
      const [first] = findAnchors(file, text);
      const document =
        first && parsed.documents.findLast((each) => each.file === file && each.valueSpan([]).start <= first.start);
      if (!first || !document) return [];
      return [
        {
          at: first,
          subject: `${document.kind}/${document.name}`,
          message: 'an anchor repeats a part of the file where the reader cannot see it',
          hint: 'Write it out, or move it to `defaults` or to a document of its own.',
        },
      ];
    });
  },
};

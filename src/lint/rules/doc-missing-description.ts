import { asObject, asString } from '#core';
import type { Rule } from '../rule.ts';

/** A document that does not say what it is for. */
export const docMissingDescription: Rule = {
  meta: {
    id: 'doc/missing-description',
    severity: 'info',
    summary: 'A document does not say what it is for.',
    why: 'The fields say what happens, never why. In a year the one sentence decides whether somebody dares to remove it; until then it stands in reports, in the console and beside every finding.',
    bad: `
kind: Chain
metadata: { name: premium, owner: platform }
spec: { targets: [{ id: gpt, model: openai/gpt-4o, timeouts: { total: 30s } }] }`,
    good: `
kind: Chain
metadata: { name: premium, owner: platform, description: Frontier models with equal fallbacks. }
spec: { targets: [{ id: gpt, model: openai/gpt-4o, timeouts: { total: 30s } }] }`,
    options: 'Waivers say why in their `reason`, and tests in the names of their cases: neither needs one.',
  },
  scope: 'tree',
  check({ parsed }) {
    return parsed.documents
      .filter(({ kind, value }) => !SPEAKING.has(kind) && !asString(asObject(value.metadata).description))
      .map((document) => ({
        at: document.valueSpan(['metadata', 'name']),
        subject: `${document.kind}/${document.name}`,
        message: `${document.kind} \`${document.name}\` does not say what it is for`,
        hint: 'Add one sentence as `description:` to its metadata.',
      }));
  },
};

const SPEAKING: ReadonlySet<string> = new Set(['Test', 'Waiver']);

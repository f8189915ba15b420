import { referencesOf } from '#policy';
import { kindOf } from '../item.ts';
import type { Rule } from '../rule.ts';

/** Kinds that do nothing unless another document names them. */
const DEPENDENT: ReadonlySet<string> = new Set(['Chain', 'Cache', 'Guardrail', 'Receiver']);

/** A document that nothing uses. */
export const refUnused: Rule = {
  meta: {
    id: 'ref/unused',
    severity: 'info',
    summary: 'No document names this chain, cache, guardrail or receiver, in any environment.',
    why: 'It is read, reviewed and kept up, and changes nothing; a guardrail above all looks like protection that is not there.',
    bad: `
kind: Guardrail
metadata: { name: no-personal-data }
spec: { checks: [{ id: card, check: credit-card, action: block }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }`,
    good: `
kind: Guardrail
metadata: { name: no-personal-data }
spec: { checks: [{ id: card, check: credit-card, action: block }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium, guardrails: [no-personal-data] }`,
    waive: 'When the document is prepared for a change that is about to come.',
  },
  check({ documents, compiled, unreadKinds }) {
    // The document that names it may be one of those that could not be read.
    if (unreadKinds.size > 0) return [];
    const everywhere = compiled.flatMap((each) => each.documents);
    const named = new Set(
      everywhere.flatMap((document) =>
        referencesOf(document)
          .filter((reference) => `${reference.kind}/${reference.name}` !== `${document.kind}/${document.name}`)
          .map((reference) => `${reference.kind}/${reference.name}`),
      ),
    );
    return documents
      .filter(({ key }) => DEPENDENT.has(kindOf(key)) && !named.has(key))
      .map((item) => ({
        at: item.atName(),
        subject: item.key,
        message: `nothing uses ${kindOf(item.key)} \`${item.name}\``,
        hint: 'Name it where it is meant to hold, or remove it.',
      }));
  },
};

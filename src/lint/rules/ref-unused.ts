import { type EffectiveDocument, type ParsedDocument, referencesOf, suggest } from '#policy';
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
  check({ documents, compiled, parsed, unreadKinds }) {
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
    // A misspelt reference is one mistake, and so is a document that was dropped for its name.
    const meant = misspeltReferences(everywhere);
    const dropped = duplicates(parsed.documents).flatMap((document) =>
      referencesOf(document).map(({ kind, name }) => `${kind}/${name}`),
    );
    for (const key of [...meant, ...dropped]) named.add(key);
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

/** What references to nothing most likely mean, as `Kind/name`. */
function misspeltReferences(everywhere: readonly EffectiveDocument[]): readonly string[] {
  const names = Map.groupBy(everywhere, ({ kind }) => kind);
  const known = new Map([...names].map(([kind, list]) => [kind, new Set(list.map(({ name }) => name))]));
  return everywhere.flatMap((document) =>
    referencesOf(document).flatMap(({ kind, name }) => {
      const candidates = known.get(kind);
      if (!DEPENDENT.has(kind) || !candidates || candidates.has(name)) return [];
      const meant = suggest(name, candidates);
      return meant === undefined ? [] : [`${kind}/${meant}`];
    }),
  );
}

function duplicates(documents: readonly ParsedDocument[]): readonly ParsedDocument[] {
  const byName = Map.groupBy(documents, ({ kind, name }) => `${kind}/${name}`);
  return [...byName.values()].flatMap((list) => (list.length > 1 ? list : []));
}

import { asArray, asObject, asString, compareText, type Diagnostic, type Span } from '#core';
import { type Effective, keyOf, specOf } from './effective.ts';
import { errorAt, relatedAt } from './finding.ts';
import type { ParsedDocument } from './types.ts';
import { nameSpan, type World } from './world.ts';

/** The first document of each kind and name, and a finding for every further one; the same for a second Project. Pure. */
export function dropDuplicateNames(documents: readonly ParsedDocument[]): {
  readonly documents: readonly ParsedDocument[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const first = new Map<string, ParsedDocument>();
  const diagnostics: Diagnostic[] = [];
  for (const document of documents) {
    // There is one Project, whatever its name.
    const key = document.kind === 'Project' ? 'Project' : keyOf(document);
    const other = first.get(key);
    if (!other) {
      first.set(key, document);
      continue;
    }
    const isSecondProject = document.kind === 'Project' && document.name !== other.name;
    diagnostics.push(
      errorAt(nameSpan(document), {
        rule: 'ref/duplicate-name',
        message: isSecondProject
          ? `a second Project, \`${document.name}\`; a tree has one`
          : `a second ${document.kind} named \`${document.name}\``,
        hint: isSecondProject ? 'Merge the two.' : 'Rename one of them, or merge the two.',
        related: [relatedAt(nameSpan(other), 'the first one')],
      }),
    );
  }
  return { documents: [...first.values()], diagnostics };
}

/** Aliases with two owners: an alias leads to one model, and a model's own name comes before every alias. Pure. */
export function findDuplicateAliases({ byKind }: World): readonly Diagnostic[] {
  const models = [...(byKind.get('Model')?.values() ?? [])].sort(builtInFirst);
  const names = byKind.get('Model') ?? new Map<string, Effective>();
  const owners = new Map<string, { readonly model: Effective; readonly span: Span }>();
  const diagnostics: Diagnostic[] = [];
  for (const model of models) {
    for (const [at, entry] of asArray(specOf(model).aliases).entries()) {
      const alias = asString(entry) ?? '';
      const span = model.valueSpan(['spec', 'aliases', at]);
      const namesake = names.get(alias);
      const owner =
        owners.get(alias) ??
        (namesake && namesake !== model ? { model: namesake, span: nameSpan(namesake) } : undefined);
      if (!owner) {
        owners.set(alias, { model, span });
        continue;
      }
      diagnostics.push(
        errorAt(span, {
          rule: 'ref/duplicate-name',
          message: `alias \`${alias}\` already leads to \`${owner.model.name}\``,
          hint: `Choose another alias, or take it from the other with a document Model/${owner.model.name} whose \`aliases\` lack it.`,
          related: [relatedAt(owner.span, 'its owner')],
        }),
      );
    }
  }
  return diagnostics;
}

/** Keys that two consumers of an environment share: a request could not say who sends it. Pure. */
export function findDuplicateKeys({ byKind, environment }: World): readonly Diagnostic[] {
  const owners = new Map<string, { readonly consumer: string; readonly span: Span }>();
  const diagnostics: Diagnostic[] = [];
  for (const consumer of [...(byKind.get('Consumer')?.values() ?? [])].sort(byPlace)) {
    for (const [at, key] of asArray(specOf(consumer).keys).entries()) {
      const { sha256, environments } = asObject(key);
      if (environments !== undefined && !asArray(environments).includes(environment)) continue;
      const hash = asString(sha256)?.toLowerCase() ?? '';
      const span = consumer.valueSpan(['spec', 'keys', at, 'sha256']);
      const owner = owners.get(hash);
      if (!owner) {
        owners.set(hash, { consumer: consumer.name, span });
        continue;
      }
      diagnostics.push(
        errorAt(span, {
          rule: 'ref/duplicate-name',
          message: `this key already belongs to consumer \`${owner.consumer}\``,
          hint: 'Give each consumer a key of its own: signalbox keys create.',
          related: [relatedAt(owner.span, 'the same key')],
        }),
      );
    }
  }
  return diagnostics;
}

/** The catalogue's aliases stand; what a file adds to them is to blame. */
function builtInFirst(a: Effective, b: Effective): number {
  const rank = (model: Effective): number => (model.from === 'catalogue' ? 0 : 1);
  return rank(a) - rank(b) || byPlace(a, b);
}

function byPlace(a: Effective, b: Effective): number {
  return compareText(a.place.file, b.place.file) || a.place.line - b.place.line;
}

import type { Diagnostic } from '#core';
import { asObject, asString } from '#core';
import { type Effective, specOf } from './effective.ts';
import { findCycles } from './find-cycles.ts';
import { findDuplicateAliases, findDuplicateKeys } from './find-duplicates.ts';
import { findUnknownStores } from './find-unknown-stores.ts';
import { errorAt } from './finding.ts';
import { environmentsOf, type Reference, referencesOf } from './references.ts';
import { suggest } from './suggest.ts';
import type { Path } from './types.ts';
import { nameSpan, type World } from './world.ts';

/**
 * Follows every reference: `ref/unresolved` and `model/unknown` on the referring line with the name that was likely meant, `fallback/cycle` for chains and
 * `ref/cycle` for consumers that reach themselves, `ref/duplicate-name` for aliases and keys with two owners, `schema/missing-key` for providers and
 * models that neither a document nor the catalogue completes. Pure.
 */
export function link(world: World): readonly Diagnostic[] {
  const documents = [...world.byKind.values()].flatMap((names) => [...names.values()]);
  return [
    ...documents.flatMap((document) => linkDocument(document, world)),
    ...findCycles(world),
    ...findDuplicateAliases(world),
    ...findDuplicateKeys(world),
    ...findUnknownStores(world),
    ...documents.flatMap(findIncomplete),
  ];
}

function linkDocument(document: Effective, world: World): readonly Diagnostic[] {
  // What the catalogue refers to is held by its own tests.
  if (document.from === 'catalogue' && document.overlays.length === 0) return [];
  const found = referencesOf(document).map((reference) => checkReference(document, reference, world));
  found.push(...(environmentsOf(document) ?? []).map((name, at) => checkEnvironment(document, name, at, world)));
  if (document.kind === 'Waiver') found.push(checkSubject(document, world));
  return found.filter((diagnostic) => diagnostic !== null);
}

function checkReference(document: Effective, reference: Reference, world: World): Diagnostic | null {
  const { kind, name, path } = reference;
  if (kind === 'Environment') return checkEnvironmentName(document, name, path, world);
  if (world.byKind.get(kind)?.has(name) || world.rejected.has(`${kind}/${name}`)) return null;
  const span = document.valueSpan(path);
  const others = world.elsewhere.get(`${kind}/${name}`);
  if (others) {
    return errorAt(span, {
      rule: 'ref/unresolved',
      message: `${kind} \`${name}\` does not exist in environment \`${world.environment}\``,
      hint: `It is limited to ${others.map((other) => `\`${other}\``).join(', ')} by its \`metadata.environments\`.`,
    });
  }
  if (kind === 'Model') return unknownModel(document, reference, world);
  const meant = suggest(name, world.byKind.get(kind)?.keys() ?? []);
  return errorAt(span, {
    rule: 'ref/unresolved',
    message: `there is no ${kind} \`${name}\``,
    hint: meant ? `Did you mean \`${meant}\`?` : `Add a document of kind ${kind} with this name, or correct the name.`,
  });
}

function unknownModel(document: Effective, { name, path }: Reference, world: World): Diagnostic {
  const owner = world.aliases.get(name);
  const meant = owner ?? suggest(name, [...(world.byKind.get('Model')?.keys() ?? [])]);
  return errorAt(document.valueSpan(path), {
    rule: 'model/unknown',
    message: owner
      ? `\`${name}\` is an alias; policies name models as the catalogue does`
      : `there is no model \`${name}\`, neither in the catalogue nor in a document`,
    hint: meant ? `Did you mean \`${meant}\`?` : 'Add a document of kind Model for it.',
  });
}

function checkEnvironment(document: Effective, name: string, at: number, world: World): Diagnostic | null {
  return checkEnvironmentName(document, name, ['metadata', 'environments', at], world);
}

function checkEnvironmentName(document: Effective, name: string, path: Path, world: World): Diagnostic | null {
  const { environments } = world;
  // A tree without Environment documents is the same everywhere: any name may be given.
  if (environments.size === 0 || environments.has(name) || world.rejected.has(`Environment/${name}`)) return null;
  const meant = suggest(name, environments.keys());
  return errorAt(document.valueSpan(path), {
    rule: 'ref/unresolved',
    message: `there is no environment \`${name}\``,
    hint: meant ? `Did you mean \`${meant}\`?` : `Environments are ${[...environments.keys()].join(', ')}.`,
  });
}

/** A waiver may be about a document of another environment, and may name a path within it. */
function checkSubject(waiver: Effective, world: World): Diagnostic | null {
  const subject = asString(specOf(waiver).subject) ?? '';
  const slash = subject.indexOf('/');
  const kind = subject.slice(0, slash);
  const name = subject.slice(slash + 1);
  const known = world.byKind.get(kind);
  const exists = (key: string): boolean =>
    known?.has(key) === true ||
    world.elsewhere.has(`${kind}/${key}`) ||
    world.rejected.has(`${kind}/${key}`) ||
    (kind === 'Environment' && world.environments.has(key));
  if (slash > 0 && (exists(name) || prefixes(name).some(exists))) return null;
  const keys = [...world.byKind].flatMap(([of, names]) => [...names.keys()].map((each) => `${of}/${each}`));
  const meant = suggest(subject, keys);
  return errorAt(waiver.valueSpan(['spec', 'subject']), {
    rule: 'ref/unresolved',
    message: `there is no document \`${subject}\` to waive a rule for`,
    hint: meant ? `Did you mean \`${meant}\`?` : 'A subject is written `Kind/name`.',
  });
}

function prefixes(name: string): readonly string[] {
  return [...name.matchAll(/:/g)].map(({ index }) => name.slice(0, index));
}

/** The schema lets these fields be absent, for documents that override a built-in one. */
const COMPLETE: Readonly<Record<string, readonly string[]>> = {
  Provider: ['dialect', 'baseUrl'],
  Model: ['provider'],
};

function findIncomplete(document: Effective): readonly Diagnostic[] {
  const spec = asObject(document.value.spec);
  const lacking = (COMPLETE[document.kind] ?? []).filter((key) => spec[key] === undefined);
  return lacking.map((key) =>
    errorAt(nameSpan(document), {
      rule: 'schema/missing-key',
      message: `${document.kind} \`${document.name}\` lacks \`spec.${key}\``,
      hint: `It is no built-in ${document.kind.toLowerCase()}, so its document must say it. A misspelt built-in name has the same effect.`,
    }),
  );
}

import { asArray, asString, type Span } from '#core';
import { type Effective, keyOf, specOf } from './effective.ts';
import { environmentsOf } from './references.ts';
import { KINDS } from './schemas.ts';
import type { ParsedDocument, ParsedPolicies } from './types.ts';

/** Everything names can refer to. */
export interface World {
  readonly environment: string;
  /** Documents of the environment by kind and name. */
  readonly byKind: ReadonlyMap<string, ReadonlyMap<string, Effective>>;
  /** Alias → catalogue name. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly environments: ReadonlyMap<string, Span>;
  /** `Kind/name` of valid documents in other environments, with those environments. */
  readonly elsewhere: ReadonlyMap<string, readonly string[]>;
  /** `Kind/name` of documents that exist but are not valid: what is wrong with them is reported there. */
  readonly rejected: ReadonlySet<string>;
}

/** Collects the names of an environment. Pure. */
export function createWorld(parsed: ParsedPolicies, environment: string, documents: readonly Effective[]): World {
  const byKind = new Map<string, Map<string, Effective>>();
  const aliases = new Map<string, string>();
  for (const document of documents) {
    const names = byKind.get(document.kind) ?? new Map<string, Effective>();
    names.set(document.name, document);
    byKind.set(document.kind, names);
    if (document.kind !== 'Model') continue;
    for (const alias of asArray(specOf(document).aliases)) {
      const text = asString(alias);
      if (text !== undefined && !aliases.has(text)) aliases.set(text, document.name);
    }
  }
  const environments = parsed.documents.filter((document) => document.kind === 'Environment');
  return {
    environment,
    byKind,
    aliases,
    environments: new Map(environments.map((document) => [document.name, nameSpan(document)])),
    elsewhere: namesElsewhere(parsed, environment),
    rejected: rejectedKeys(parsed),
  };
}

/** `Kind/name` of documents that stand in the tree and could not be read: what refers to them is not wrong. Pure. */
export function rejectedKeys(parsed: ParsedPolicies): ReadonlySet<string> {
  return new Set((parsed.rejected ?? []).flatMap(possibleKeys));
}

/** A misspelt kind may have been any. */
function possibleKeys({ kind, name }: { readonly kind: string; readonly name: string }): readonly string[] {
  return KINDS.includes(kind) ? [`${kind}/${name}`] : KINDS.map((each) => `${each}/${name}`);
}

/** `Kind/name` of documents that other environments have and this one has not. Pure. */
export function namesElsewhere(parsed: ParsedPolicies, environment: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const document of parsed.documents) {
    const environments = environmentsOf(document);
    if (environments && !environments.includes(environment)) found.set(keyOf(document), environments);
  }
  return found;
}

/** The place of a document's name: where what it lacks is reported. Pure. */
export function nameSpan(document: Pick<ParsedDocument, 'valueSpan'>): Span {
  return document.valueSpan(['metadata', 'name']);
}

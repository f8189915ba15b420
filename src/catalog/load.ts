import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '#core';
import type { CatalogEntry, ModelDocument, ProviderDocument } from './documents.ts';
import { expandListed, FIRST_LISTED_LINE, type ListedFile } from './listed.ts';
import type { CatalogSource } from './parse.ts';

/** The built-in providers and models. */
export interface Catalog {
  /** SHA-256 (hex) over the canonical JSON of all documents: part of every snapshot's digest. */
  readonly digest: string;
  readonly providers: readonly ProviderDocument[];
  readonly models: readonly ModelDocument[];
  /** Provider → how many further models a published list names: read by `loadListed` when policies reach the provider, as there are thousands. */
  readonly listed: ReadonlyMap<string, number>;
  /** The further models of a provider, frozen, none for a provider without; reads a file of the program itself the first time. */
  readonly loadListed: (provider: string) => readonly ModelDocument[];
  /** Where the document begins; undefined when there is none of that kind and name. */
  readonly locate: (kind: string, name: string) => { readonly file: string; readonly line: number } | undefined;
}

/** What `scripts/generate-catalog.ts` writes to `catalog.gen.json`. */
export interface GeneratedCatalog {
  readonly digest: string;
  /** Provider → how many models its listed file names. */
  readonly listed: Readonly<Record<string, number>>;
  readonly entries: readonly CatalogEntry[];
}

/**
 * Reads the catalogue in its generated form: about 5 ms, where the 300 YAML documents it is made of take 100 ms to parse (measured on Node 26).
 * Reads one file of the program itself; everything returned is frozen. Parses anew at every call, so call it once per process.
 */
export function loadCatalog(): Catalog {
  const text = readFileSync(join(import.meta.dirname, 'catalog.gen.json'), 'utf8');
  const { digest, listed, entries } = JSON.parse(text, (_, value) => Object.freeze(value)) as GeneratedCatalog;
  const places = new Map(entries.map((entry) => [keyOf(entry.document.kind, entry.document.metadata.name), entry]));
  const documents = entries.map((entry) => entry.document);
  const counts = new Map(Object.entries(listed));
  const further = new Map<string, readonly ModelDocument[]>();
  const loadListed = (provider: string): readonly ModelDocument[] => {
    const known = further.get(provider) ?? (counts.has(provider) ? readListed(provider) : []);
    further.set(provider, known);
    return known;
  };
  const lineOf = (provider: string, name: string): number | undefined => {
    const at = loadListed(provider).findIndex((model) => model.metadata.name === name);
    return at < 0 ? undefined : at + FIRST_LISTED_LINE;
  };
  return Object.freeze({
    digest,
    providers: Object.freeze(documents.filter((document) => document.kind === 'Provider')),
    models: Object.freeze(documents.filter((document) => document.kind === 'Model')),
    listed: counts,
    loadListed,
    locate(kind: string, name: string) {
      const place = places.get(keyOf(kind, name));
      const provider = name.slice(0, Math.max(0, name.indexOf('/')));
      const line = place === undefined && kind === 'Model' ? lineOf(provider, name) : undefined;
      return line === undefined ? place : { file: listedPath(provider), line };
    },
  });
}

/**
 * Reads the YAML files behind the catalogue, ordered by name, with paths as `Catalog.locate` gives them: for code frames and for the generator.
 * Reads files of the program itself.
 */
export function loadCatalogSources(): readonly CatalogSource[] {
  const folder = join(import.meta.dirname, 'providers');
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  return files.sort(compareText).map((file) => ({
    path: `catalog/providers/${file}`,
    text: readFileSync(join(folder, file), 'utf8'),
  }));
}

/** The text of each listed file with its provider, ordered by name: for the generator. Reads files of the program itself. */
export function loadListedTexts(): readonly { readonly provider: string; readonly text: string }[] {
  const files = readdirSync(join(import.meta.dirname, 'listed')).sort(compareText);
  return files.map((file) => ({
    provider: file.slice(0, -LISTED_SUFFIX.length),
    text: readFileSync(join(import.meta.dirname, 'listed', file), 'utf8'),
  }));
}

const LISTED_SUFFIX = '.gen.json';

function readListed(provider: string): readonly ModelDocument[] {
  const text = readFileSync(join(import.meta.dirname, 'listed', `${provider}${LISTED_SUFFIX}`), 'utf8');
  return deepFreeze(expandListed(provider, JSON.parse(text) as ListedFile));
}

function listedPath(provider: string): string {
  return `catalog/listed/${provider}${LISTED_SUFFIX}`;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}

function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from '#core';
import type { CatalogEntry, ModelDocument, ProviderDocument } from './documents.ts';
import type { CatalogSource } from './parse.ts';

/** The built-in providers and models. */
export interface Catalog {
  /** SHA-256 (hex) over the canonical JSON of all documents: part of every snapshot's digest. */
  readonly digest: string;
  readonly providers: readonly ProviderDocument[];
  readonly models: readonly ModelDocument[];
  /** Where the document begins; undefined when there is none of that kind and name. */
  readonly locate: (kind: string, name: string) => { readonly file: string; readonly line: number } | undefined;
}

/** What `scripts/generate-catalog.ts` writes to `catalog.gen.json`. */
export interface GeneratedCatalog {
  readonly digest: string;
  readonly entries: readonly CatalogEntry[];
}

/**
 * Reads the catalogue in its generated form: about 5 ms, where the 300 YAML documents it is made of take 100 ms to parse (measured on Node 26).
 * Reads one file of the program itself; everything returned is frozen. Parses anew at every call, so call it once per process.
 */
export function loadCatalog(): Catalog {
  const text = readFileSync(join(import.meta.dirname, 'catalog.gen.json'), 'utf8');
  const { digest, entries } = JSON.parse(text, (_, value) => Object.freeze(value)) as GeneratedCatalog;
  const places = new Map(entries.map((entry) => [keyOf(entry.document.kind, entry.document.metadata.name), entry]));
  const documents = entries.map((entry) => entry.document);
  return Object.freeze({
    digest,
    providers: Object.freeze(documents.filter((document) => document.kind === 'Provider')),
    models: Object.freeze(documents.filter((document) => document.kind === 'Model')),
    locate: (kind: string, name: string) => places.get(keyOf(kind, name)),
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

function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

import { compareText, digestOf } from '#core';
import { type Effective, keyOf } from './effective.ts';

/** What makes one revision differ from another. */
export interface Content {
  readonly environment: string;
  readonly documents: readonly Effective[];
  /** Stands for the built-in documents that nothing changed. */
  readonly catalogDigest: string;
}

/**
 * The content digest: SHA-256 over the values of all effective documents and the catalogue. Files, their order, comments and layout do not count; every
 * value does. Pure.
 */
export function digestOfContent({ environment, documents, catalogDigest }: Content): string {
  const own = documents.filter((document) => document.from === 'file' || document.overlays.length > 0);
  const values = [...own].sort((a, b) => compareText(keyOf(a), keyOf(b))).map((document) => document.value);
  return digestOf({ format: 1, environment, catalog: catalogDigest, documents: values });
}

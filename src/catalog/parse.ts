import { LineCounter, parseAllDocuments } from 'yaml';
import type { CatalogEntry } from './documents.ts';

/** One file of the catalogue as text. */
export interface CatalogSource {
  readonly path: string;
  readonly text: string;
}

/**
 * Parses a file of the catalogue into its documents and the lines where they begin. Throws on a YAML error, naming file and line: the files are
 * part of the program, so a broken one is a bug. Schema validity is what `test/catalog` checks. Pure.
 */
export function parseCatalogSource({ path, text }: CatalogSource): readonly CatalogEntry[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  if ('empty' in documents) throw new Error(`${path} holds no document`);
  return documents.map((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`${path}: ${error.message}`);
    const start = document.contents?.range?.[0] ?? document.range[0];
    return { file: path, line: lines.linePos(start).line, document: document.toJS() as CatalogEntry['document'] };
  });
}

import { readFile, stat } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { Diagnostic } from '#core';
import { type ParsedDocument, parsePolicies, type Source } from '#policy';
import type { PolicyTree } from '../load-tree.ts';
import { UsageError } from '../usage-error.ts';

/** The test documents that the command line names, and what is wrong with files outside of the policies. */
export interface ChosenDocuments {
  readonly documents: readonly ParsedDocument[];
  readonly diagnostics: readonly Diagnostic[];
  /** Texts of files outside of the policies, for code frames. */
  readonly texts: ReadonlyMap<string, string>;
  /** Those files as they were read. */
  readonly outside: readonly Source[];
}

/**
 * The test documents of the tree, or of the files and folders named, each relative to where the user is or to the policies. A file outside of the policies
 * is read as well. Throws `UsageError` for a name that leads nowhere or holds no test. Reads the file system.
 */
export async function chooseDocuments(tree: PolicyTree, names: readonly string[]): Promise<ChosenDocuments> {
  const all = tree.parsed.documents.filter(({ kind }) => kind === 'Test');
  if (names.length === 0) return { documents: all, diagnostics: [], texts: new Map(), outside: [] };
  const documents = new Set<ParsedDocument>();
  const diagnostics: Diagnostic[] = [];
  const texts = new Map<string, string>();
  const sources: Source[] = [];
  for (const name of names) {
    const inTree = documentsAt(tree, all, name);
    for (const document of inTree) documents.add(document);
    if (inTree.length > 0) continue;
    const outside = await readOutside(tree, name);
    for (const document of outside.documents) documents.add(document);
    diagnostics.push(...outside.diagnostics);
    for (const [file, text] of outside.texts) texts.set(file, text);
    sources.push(...outside.outside);
  }
  return { documents: [...documents], diagnostics, texts, outside: sources };
}

function documentsAt(
  { folder }: PolicyTree,
  documents: readonly ParsedDocument[],
  name: string,
): readonly ParsedDocument[] {
  const candidates = [relative(resolve(folder), resolve(name)), name].map((path) => path.split(sep).join('/'));
  return documents.filter(({ file }) =>
    candidates.some((path) => path === '' || file === path || file.startsWith(`${path.replace(/\/$/, '')}/`)),
  );
}

async function readOutside(tree: PolicyTree, name: string): Promise<ChosenDocuments> {
  const stats = await stat(name).catch(() => null);
  if (stats === null)
    throw new UsageError(`${name} does not exist`, 'Name test files, or none for all of the policies.');
  const path = relative(resolve(tree.folder), resolve(name)).split(sep).join('/');
  const rejected = tree.parsed.diagnostics.some(({ file }) => file === path);
  // What is wrong with a file of the tree is reported with the tree.
  if (rejected) return { documents: [], diagnostics: [], texts: new Map(), outside: [] };
  if (!stats.isFile()) throw new UsageError(`${name} holds no test document of the policies`);
  const source = { file: name, bytes: await readFile(name) };
  const parsed = parsePolicies([source]);
  const documents = parsed.documents.filter(({ kind }) => kind === 'Test');
  if (documents.length === 0 && parsed.diagnostics.length === 0)
    throw new UsageError(`${name} holds no test document`, 'Tests have `kind: Test`.');
  return { documents, diagnostics: parsed.diagnostics, texts: parsed.texts, outside: [source] };
}

import { isAbsolute, join, relative } from 'node:path';
import { type Catalog, loadCatalog } from '#catalog';
import type { Diagnostic } from '#core';
import {
  type Compiled,
  cannotCheck,
  compileEnvironment,
  type LoadedTree,
  listEnvironments,
  loadPolicies,
  type ParsedPolicies,
  parsePolicies,
  suggest,
} from '#policy';
import { namedEnvironment, policiesFolder } from './options.ts';
import { UsageError } from './usage-error.ts';
import type { VerbCall } from './verb.ts';

/** What stands for stdin where a folder is named. */
const STDIN = '-';

/** The policies a verb works on, read and parsed. */
export interface PolicyTree {
  /** As the user named it. */
  readonly folder: string;
  readonly loaded: LoadedTree;
  readonly parsed: ParsedPolicies;
  readonly catalog: Catalog;
  /** In order; at least one. */
  readonly environments: readonly string[];
  readonly compile: (environment: string) => Compiled;
}

/** Reads the policies that the command line names. Throws `UsageError` when there is nothing to check; mistakes are in `parsed.diagnostics`. */
export async function loadTree(call: VerbCall): Promise<PolicyTree> {
  const tree = await readTree(policiesFolder(call));
  const problem = nothingToCheck(tree);
  if (problem) throw problem;
  return tree;
}

/** Reads a folder, whatever it holds. */
export async function readTree(folder: string): Promise<PolicyTree> {
  return treeOf(folder, await loadPolicies(folder));
}

/** The tree of sources that were read in another way, such as from stdin. */
export function treeOf(folder: string, loaded: LoadedTree): PolicyTree {
  const parsed = parsePolicies(loaded.sources, loaded.diagnostics);
  const catalog = loadCatalog();
  return {
    folder,
    loaded,
    parsed,
    catalog,
    environments: listEnvironments(parsed),
    compile: (environment) => compileEnvironment(parsed, environment, catalog),
  };
}

/** Why a tree cannot be checked at all; null when it can. */
export function nothingToCheck({ folder, parsed }: Pick<PolicyTree, 'folder' | 'parsed'>): UsageError | null {
  if (!cannotCheck(parsed.diagnostics)) return null;
  const [first] = parsed.diagnostics.filter(isReason);
  return new UsageError(`${folder}: ${first?.message ?? 'there is nothing to check'}`, first?.hint ?? null);
}

/** The environment that `--env`, else `SIGNALBOX_ENV` names; null when neither does. Throws `UsageError` when the tree has no such environment. */
export function chosenEnvironment(call: VerbCall, { parsed, environments }: PolicyTree): string | null {
  const name = namedEnvironment(call);
  if (name === null || environments.includes(name)) return name;
  const isDeclared = parsed.documents.some(({ kind }) => kind === 'Environment');
  const isBroken = parsed.rejected?.some((document) => document.kind === 'Environment') ?? false;
  // Without Environment documents a tree is the same everywhere; one that could not be read may be the one meant.
  if (!isDeclared || isBroken) return name;
  const meant = suggest(name, environments);
  throw new UsageError(
    `there is no environment ${JSON.stringify(name)}`,
    meant ? `Did you mean ${meant}?` : `Environments are ${environments.join(', ')}.`,
  );
}

/**
 * Findings name files relative to the policies; people, editors and CI need them relative to where they are, with forward slashes. Files of the
 * built-in catalogue are not the user's and stay as they are.
 */
export function shownPath(file: string, { folder, parsed }: Pick<PolicyTree, 'folder' | 'parsed'>): string {
  const isPolicy = parsed.texts.has(file) || !file.startsWith('catalog/');
  if (folder === STDIN || !isPolicy || file === folder) return file;
  const path = join(folder, file);
  const below = relative('.', path);
  const isBelow = below !== '' && !below.startsWith('..') && !isAbsolute(below);
  return (isBelow ? below : path).replaceAll('\\', '/');
}

function isReason({ rule }: Diagnostic): boolean {
  return rule === 'load/missing' || rule === 'load/empty';
}

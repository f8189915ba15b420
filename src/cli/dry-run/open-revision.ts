import { realpathSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Diagnostic } from '#core';
import { loadPolicies, type Source } from '#policy';
import { UsageError } from '../usage-error.ts';
import { askGit, commitOf, mergeBase } from './git.ts';
import { readCommittedTree } from './git-tree.ts';

/** The files of one side, not yet compiled. */
export interface RevisionSources {
  /** As a reader would name it. */
  readonly name: string;
  readonly commit: string | null;
  readonly sources: readonly Source[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The files of the policies folder as they lie there. */
export async function openWorkingTree(folder: string): Promise<RevisionSources> {
  const { sources, diagnostics } = await loadPolicies(folder);
  return { name: 'working tree', commit: null, sources, diagnostics };
}

/** The policies of a git revision, or of a folder of that name. Throws `UsageError`. */
export async function openRevision(folder: string, revision: string, option: string): Promise<RevisionSources> {
  const root = await rootOf(folder);
  const commit = root === null ? null : await commitOf(root, revision);
  if (root !== null && commit !== null) return openCommit(root, folder, commit, revision);
  if (isFolder(revision)) {
    const { sources, diagnostics } = await loadPolicies(revision);
    return { name: revision, commit: null, sources, diagnostics };
  }
  const where =
    root === null
      ? `${folder} is in no git repository, and there is no such folder`
      : 'git knows no such revision, and there is no such folder';
  throw new UsageError(`${option} ${revision}: ${where}`, 'Name a commit, a branch, a tag, or a folder of policies.');
}

/** The commit where this branch left a revision, or the revision as it was named where there is none, such as for a folder. */
export async function branchPoint(folder: string, revision: string): Promise<string> {
  const root = await rootOf(folder);
  if (root === null || (await commitOf(root, revision)) === null) return revision;
  return (await askGit(root, ['merge-base', 'HEAD', revision])) || revision;
}

/** The policies where this branch left the default branch. Throws `UsageError` outside of git, or without a default branch. */
export async function openMergeBase(folder: string): Promise<RevisionSources> {
  const root = await rootOf(folder);
  if (root === null)
    throw new UsageError(
      `${folder} is in no git repository, so there is no merge base`,
      'Name what to compare with: --base DIR.',
    );
  const base = await mergeBase(root);
  if (base === null) {
    throw new UsageError(
      'no default branch was found (origin/HEAD, main, master)',
      'Name the base: --base REV. In CI, fetch the whole history.',
    );
  }
  return openCommit(root, folder, base.commit, `merge base with ${base.branch}`);
}

async function openCommit(root: string, folder: string, commit: string, name: string): Promise<RevisionSources> {
  const path = pathIn(root, folder);
  const sources = await readCommittedTree(root, commit, path);
  if (sources === null) {
    throw new UsageError(
      `commit ${commit.slice(0, 12)} (${name}) has no policies in ${path || 'its root'}`,
      'Name another revision, or the folder with --policies.',
    );
  }
  return { name: name === commit ? commit.slice(0, 12) : name, commit, sources, diagnostics: [] };
}

/** The commits that touched the policies, newest first. */
export async function policyCommits(folder: string, most: number): Promise<readonly string[]> {
  const root = await rootOf(folder);
  if (root === null) return [];
  const listed = await askGit(root, [
    'log',
    '--all',
    `--max-count=${most}`,
    '--format=%H',
    '--',
    pathIn(root, folder) || '.',
  ]);
  return listed === null || listed === '' ? [] : listed.split('\n');
}

/** The sources of a commit; null where it has none. */
export async function sourcesAt(folder: string, commit: string): Promise<readonly Source[] | null> {
  const root = await rootOf(folder);
  return root === null ? null : readCommittedTree(root, commit, pathIn(root, folder));
}

async function rootOf(folder: string): Promise<string | null> {
  if (!isFolder(folder)) return null;
  const root = await askGit(folder, ['rev-parse', '--show-toplevel']);
  return root === null || root === '' ? null : root;
}

function pathIn(root: string, folder: string): string {
  return relative(realpathSync(root), realpathSync(resolve(folder))).replaceAll('\\', '/');
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

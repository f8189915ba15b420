import type { Dirent, Stats } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { compareText, type Diagnostic } from '#core';
import type { LoadedTree, Source } from './types.ts';

/** What is read at most. */
export interface LoadLimits {
  readonly files: number;
  readonly fileBytes: number;
  readonly treeBytes: number;
}

/** Larger files are no hand-written policy: a single one would take seconds to parse. */
const LIMITS: LoadLimits = { files: 20_000, fileBytes: 4 * 1024 * 1024, treeBytes: 64 * 1024 * 1024 };
const READS_AT_ONCE = 16;
/** A tree that is swapped while it is read is read again. */
const TRIES = 3;

interface Entry {
  readonly file: string;
  readonly absolute: string;
  readonly sizeBytes: number;
}

interface Walk {
  readonly limits: LoadLimits;
  readonly entries: Entry[];
  readonly ignored: { readonly file: string; readonly reason: string }[];
  readonly diagnostics: Diagnostic[];
  /** Real path → the path under which it was met first, so that nothing is loaded twice. */
  readonly seen: Map<string, string>;
  /** Links, followed after everything that lies in the tree itself. */
  readonly links: { readonly file: string; readonly absolute: string; readonly above: readonly string[] }[];
  isSwapped: boolean;
}

/**
 * Reads the policy files of a folder: every `.yaml` and `.yml` in subfolders of any depth, ordered by code units. Never throws for what it finds:
 * what could not be read is an error diagnostic `load/unreadable`, `load/symlink-loop`, `load/too-large` or `load/too-many-files`;
 * `load/missing` and `load/empty` mean that there is nothing to check (see `cannotCheck`). Hidden files and folders are ignored; links are followed
 * once, wherever they lead, so that Kubernetes mounts (`a.yaml` → `..data/a.yaml`) work. Reads the file system.
 */
export async function loadPolicies(directory: string, limits: Partial<LoadLimits> = {}): Promise<LoadedTree> {
  for (let attempt = 1; ; attempt++) {
    const tree = await loadOnce(directory, { ...LIMITS, ...limits });
    if (!tree.isSwapped || attempt === TRIES) {
      return { sources: tree.sources, ignored: tree.ignored, diagnostics: tree.diagnostics };
    }
  }
}

/** Tells whether the diagnostics say that there was nothing to check at all (exit code 2), rather than mistakes. Pure. */
export function cannotCheck(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ rule }) => rule === 'load/missing' || rule === 'load/empty');
}

async function loadOnce(directory: string, limits: LoadLimits): Promise<LoadedTree & { readonly isSwapped: boolean }> {
  const nothing = { sources: [], ignored: [], isSwapped: false };
  const root = await resolve(directory);
  if (!root.stats?.isDirectory()) {
    const message = root.stats ? 'this is no folder' : `the policies folder cannot be read: ${explain(root.code)}`;
    const hint = 'Name the folder with --policies DIR, or create one with `signalbox init`.';
    return { ...nothing, diagnostics: [problem('load/missing', directory, message, hint)] };
  }
  const walk: Walk = {
    limits,
    entries: [],
    ignored: [],
    diagnostics: [],
    seen: new Map(),
    links: [],
    isSwapped: false,
  };
  await walkFolder(walk, { file: '', absolute: root.real, above: [] });
  walk.links.sort((a, b) => compareText(a.file, b.file));
  // Following a link to a folder may find further links.
  for (let link = walk.links.shift(); link; link = walk.links.shift()) await followLink(walk, link);

  walk.entries.sort((a, b) => compareText(a.file, b.file));
  const sources = await readEntries(walk);
  if (sources.length === 0 && walk.diagnostics.length === 0) {
    const hint = 'Policies end in .yaml or .yml; create a first set with `signalbox init`.';
    walk.diagnostics.push(problem('load/empty', directory, 'the policies folder holds no policy file', hint));
  }
  const ignored = walk.ignored.toSorted((a, b) => compareText(a.file, b.file));
  return { sources, ignored, diagnostics: walk.diagnostics, isSwapped: walk.isSwapped };
}

async function walkFolder(
  walk: Walk,
  folder: { readonly file: string; readonly absolute: string; readonly above: readonly string[] },
): Promise<void> {
  const { absolute } = folder;
  walk.seen.set(absolute, folder.file);
  const listed = await list(absolute);
  if (listed.code !== undefined) return fail(walk, folder.file, listed.code, 'folder');
  const above = [...folder.above, absolute];
  for (const item of listed.items) {
    if (isFull(walk)) return;
    const file = folder.file === '' ? item.name : `${folder.file}/${item.name}`;
    const inner = { file, absolute: join(absolute, item.name), above };
    if (item.name.startsWith('.')) walk.ignored.push({ file, reason: 'hidden' });
    else if (item.isSymbolicLink()) walk.links.push(inner);
    else if (item.isDirectory()) await walkFolder(walk, inner);
    else if (!isPolicyName(file)) walk.ignored.push({ file, reason: 'not .yaml or .yml' });
    else await addFile(walk, file, inner.absolute);
  }
}

async function followLink(
  walk: Walk,
  link: { readonly file: string; readonly absolute: string; readonly above: readonly string[] },
): Promise<void> {
  const { file, above } = link;
  const target = await resolve(link.absolute);
  if (!target.stats) {
    if (target.code !== 'ELOOP') return fail(walk, file, target.code, 'link');
    return reportLoop(walk, file);
  }
  if (target.stats.isDirectory()) {
    if (above.includes(target.real)) return reportLoop(walk, file);
    const first = walk.seen.get(target.real);
    if (first !== undefined) return ignoreTwin(walk, file, first);
    return walkFolder(walk, { file, absolute: target.real, above });
  }
  if (!isPolicyName(file)) {
    walk.ignored.push({ file, reason: 'not .yaml or .yml' });
    return;
  }
  return addFile(walk, file, link.absolute);
}

async function addFile(walk: Walk, file: string, absolute: string): Promise<void> {
  const { stats, real, code } = await resolve(absolute);
  if (!stats) return fail(walk, file, code, 'file');
  if (!stats.isFile()) {
    walk.ignored.push({ file, reason: 'not a regular file' });
    return;
  }
  const first = walk.seen.get(real);
  if (first !== undefined) return ignoreTwin(walk, file, first);
  walk.seen.set(real, file);
  if (stats.size > walk.limits.fileBytes) return tooLarge(walk, file, stats.size);
  if (walk.entries.length === walk.limits.files) return tooMany(walk, file);
  walk.entries.push({ file, absolute: real, sizeBytes: stats.size });
}

async function readEntries(walk: Walk): Promise<readonly Source[]> {
  const totalBytes = walk.entries.reduce((sum, entry) => sum + entry.sizeBytes, 0);
  if (totalBytes > walk.limits.treeBytes) {
    const message = `the policies are ${totalBytes} bytes in all; at most ${walk.limits.treeBytes} are read`;
    walk.diagnostics.push(problem('load/too-large', '.', message, 'Check that --policies names the right folder.'));
    return [];
  }
  const found: (Source | undefined)[] = [];
  let next = 0;
  const readOn = async (): Promise<void> => {
    for (let index = next++; index < walk.entries.length; index = next++) {
      const entry = walk.entries[index];
      if (entry) found[index] = await readEntry(walk, entry);
    }
  };
  await Promise.all(Array.from({ length: READS_AT_ONCE }, readOn));
  return found.filter((source) => source !== undefined);
}

async function readEntry(walk: Walk, entry: Entry): Promise<Source | undefined> {
  try {
    return { file: entry.file, bytes: await readFile(entry.absolute) };
  } catch (error) {
    fail(walk, entry.file, codeOf(error), 'file');
    return undefined;
  }
}

async function list(absolute: string): Promise<{ readonly items: readonly Dirent[]; readonly code?: string }> {
  try {
    const items = await readdir(absolute, { withFileTypes: true });
    return { items: items.sort((a, b) => compareText(a.name, b.name)) };
  } catch (error) {
    return { items: [], code: codeOf(error) };
  }
}

async function resolve(
  path: string,
): Promise<{ readonly stats?: Stats; readonly real: string; readonly code: string }> {
  try {
    const real = await realpath(path);
    return { stats: await stat(real), real, code: '' };
  } catch (error) {
    return { real: path, code: codeOf(error) };
  }
}

function isPolicyName(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

function ignoreTwin(walk: Walk, file: string, first: string): void {
  walk.ignored.push({ file, reason: `the same as ${first === '' ? 'the policies folder' : first}` });
}

function fail(walk: Walk, file: string, code: string, what: 'file' | 'folder' | 'link'): void {
  if (code === 'ENOENT') walk.isSwapped = true;
  const missing = what === 'link' ? 'the link leads nowhere' : 'it was removed while being read';
  const message = `the ${what} cannot be read: ${code === 'ENOENT' ? missing : explain(code)}`;
  const hint =
    code === 'ENOENT'
      ? 'Remove it, or restore what it names.'
      : 'Give the user that runs Signalbox the right to read it.';
  walk.diagnostics.push(problem('load/unreadable', file, message, hint));
}

function reportLoop(walk: Walk, file: string): void {
  const message = 'the link leads back to a folder that holds it';
  walk.diagnostics.push(problem('load/symlink-loop', file, message, 'Remove the link.'));
}

function tooLarge(walk: Walk, file: string, sizeBytes: number): void {
  const message = `the file has ${sizeBytes} bytes; a policy file has at most ${walk.limits.fileBytes}`;
  walk.diagnostics.push(problem('load/too-large', file, message, 'Split it, or move it out of the policies folder.'));
}

function tooMany(walk: Walk, file: string): void {
  if (isFull(walk)) return;
  const message = `this file is one more than the ${walk.limits.files} that are read`;
  walk.diagnostics.push(problem('load/too-many-files', file, message, 'Check that --policies names the right folder.'));
}

function isFull(walk: Walk): boolean {
  return walk.diagnostics.some(({ rule }) => rule === 'load/too-many-files');
}

function problem(rule: string, file: string, message: string, hint: string): Diagnostic {
  return { rule, severity: 'error', file, line: 1, column: 1, message, hint };
}

function explain(code: string): string {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'ELOOP') return 'its links lead in a circle';
  return code;
}

function codeOf(error: unknown): string {
  return (error as { readonly code?: string }).code ?? 'unknown error';
}

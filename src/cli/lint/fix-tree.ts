import type { Diagnostic, Fix } from '#core';
import type { Source } from '#policy';
import { type PolicyTree, treeOf } from '../load-tree.ts';
import { applyFixes } from './apply-fixes.ts';

/** A tree after all that could be fixed was. */
export interface FixedTree {
  readonly tree: PolicyTree;
  readonly fixed: readonly FixedFile[];
}

/** A file that is to be written. */
export interface FixedFile {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  /** What was done, in order. */
  readonly titles: readonly string[];
}

/** One fix may make room for the next, such as a renamed key whose value has no unit. */
const MOST_ROUNDS = 10;
const BYTE_ORDER_MARK = '\ufeff';

/** Fixes a tree in memory, and looks again until nothing is left to fix. `findingsOf` says what is wrong with a tree. Writes nothing. */
export async function fixTree(
  tree: PolicyTree,
  findingsOf: (tree: PolicyTree) => Promise<readonly Diagnostic[]>,
): Promise<FixedTree> {
  const before = new Map(tree.loaded.sources.flatMap(textOf));
  const titles = new Map<string, string[]>();
  let fixed = tree;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const next = fixOnce(fixed, await findingsOf(fixed), titles);
    if (next === null) break;
    fixed = next;
  }
  const after = new Map(fixed.loaded.sources.flatMap(textOf));
  const files = [...before].flatMap(([file, text]): readonly FixedFile[] => {
    const now = after.get(file) ?? text;
    return now === text ? [] : [{ file, before: text, after: now, titles: titles.get(file) ?? [] }];
  });
  return { tree: fixed, fixed: files };
}

/** The tree with one round of fixes; null when there is nothing that can be done. */
function fixOnce(tree: PolicyTree, findings: readonly Diagnostic[], titles: Map<string, string[]>): PolicyTree | null {
  const byFile = fixesByFile(findings);
  let isChanged = false;
  const sources = tree.loaded.sources.map((source): Source => {
    const [entry] = textOf(source);
    const fixes = byFile.get(source.file);
    if (entry === undefined || fixes === undefined) return source;
    const { text, applied } = applyFixes(entry[1], fixes);
    if (applied.length === 0 || text === entry[1]) return source;
    isChanged = true;
    titles.set(source.file, [...(titles.get(source.file) ?? []), ...applied.map(({ title }) => title)]);
    return { file: source.file, bytes: new TextEncoder().encode(text) };
  });
  return isChanged ? treeOf(tree.folder, { ...tree.loaded, sources }) : null;
}

/** A fix of several files would have to be made in all of them or in none; no rule asks for one. */
function fixesByFile(findings: readonly Diagnostic[]): ReadonlyMap<string, readonly Fix[]> {
  const fixes = new Map<string, Map<string, Fix>>();
  for (const { fix } of findings) {
    const [file, ...others] = new Set(fix?.edits.map(({ at }) => at.file));
    if (fix === undefined || file === undefined || others.length > 0) continue;
    const own = fixes.get(file) ?? new Map<string, Fix>();
    fixes.set(file, own.set(JSON.stringify(fix.edits), fix));
  }
  return new Map([...fixes].map(([file, own]) => [file, [...own.values()]]));
}

/** Offsets are those of the text without its byte order mark, which comes back when the file is written. */
function textOf({ file, bytes }: Source): readonly (readonly [string, string])[] {
  try {
    return [[file, new TextDecoder('utf-8', { fatal: true }).decode(bytes)]];
  } catch {
    return [];
  }
}

/** What is to be written: with the byte order mark that the file had. Pure. */
export function fileText({ loaded }: PolicyTree, { file, after }: FixedFile): string {
  const bytes = loaded.sources.find((source) => source.file === file)?.bytes;
  const hasMark = bytes?.[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? BYTE_ORDER_MARK + after : after;
}

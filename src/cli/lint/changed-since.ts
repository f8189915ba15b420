import type { Diagnostic } from '#core';
import { runLint } from '#lint';
import { branchPoint, openRevision } from '../dry-run/open-revision.ts';
import { type PolicyTree, treeOf } from '../load-tree.ts';
import { diffLines, linesOf } from './line-diff.ts';

/** Findings divided by whether they have to do with what changed. */
export interface SinceRevision {
  /** The commit or folder compared with. */
  readonly base: string;
  readonly findings: readonly Diagnostic[];
  /** How many are left out. */
  readonly hidden: number;
}

/**
 * Keeps the findings that have to do with the lines changed since a revision: those that stand on one, are related to one, or did not exist at the revision (a
 * deletion makes findings on lines that nobody touched). The revision is looked at as it was when this branch left it. Analysis is never narrowed. Reads git.
 */
export async function findingsSince(
  tree: PolicyTree,
  findings: readonly Diagnostic[],
  {
    revision,
    environments,
    nowMs,
  }: { readonly revision: string; readonly environments: readonly string[] | null; readonly nowMs: number },
): Promise<SinceRevision> {
  const opened = await openRevision(tree.folder, await branchPoint(tree.folder, revision), '--changed-since');
  const base = treeOf(tree.folder, { sources: opened.sources, ignored: [], diagnostics: opened.diagnostics });
  const isChanged = changedLines(base.parsed.texts, tree.parsed.texts);
  const known = new Set(findingsOf(base, environments, nowMs).map(keyOf));
  const kept = findings.filter(
    (finding) =>
      !known.has(keyOf(finding)) ||
      [finding, ...(finding.related ?? [])].some(({ file, line }) => isChanged(file, line)),
  );
  return { base: opened.commit?.slice(0, 12) ?? opened.name, findings: kept, hidden: findings.length - kept.length };
}

/** Tells whether a line of a file is new or other than before. A file that only moved has no changed line. Pure. */
export function changedLines(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): (file: string, line: number) => boolean {
  const moved = new Set([...before].filter(([file]) => !after.has(file)).map(([, text]) => text));
  const changed = new Map<string, ReadonlySet<number>>();
  for (const [file, text] of after) {
    const old = before.get(file);
    if (old === text || (old === undefined && moved.has(text))) continue;
    const changes = diffLines(linesOf(old ?? ''), linesOf(text));
    const lines = changes.flatMap(({ toStart, toEnd }) =>
      Array.from({ length: toEnd - toStart }, (_, at) => toStart + at + 1),
    );
    changed.set(file, new Set(lines));
  }
  return (file, line) => changed.get(file)?.has(line) ?? false;
}

function findingsOf(tree: PolicyTree, environments: readonly string[] | null, nowMs: number): readonly Diagnostic[] {
  const names = [...new Set([...tree.environments, ...(environments ?? [])])];
  const compiled = names.map((environment) => tree.compile(environment));
  return runLint({ parsed: tree.parsed, compiled, nowMs, ...(environments !== null && { environments }) }).findings;
}

/** The same finding on a line that moved. */
function keyOf({ rule, file, message }: Diagnostic): string {
  return JSON.stringify([rule, file, message]);
}

import { runGit } from '../dry-run/git.ts';

/** Tells whether a line of the working tree is new or other than at the base. */
export type IsChanged = (file: string, line: number) => boolean;

/** The lines that differ from a revision, by paths from the current folder; every line when git does not know. Effect: runs git. */
export async function changedLines(base: string | null): Promise<IsChanged> {
  const args = ['-c', 'core.quotePath=false', 'diff', '--unified=0', '--no-color', '--no-ext-diff', '--relative'];
  const answer = base === null ? null : await runGit('.', [...args, '--dst-prefix=b/', base, '--', '.']);
  if (answer === null) return () => true;
  const hunks = readHunks(answer.toString('utf8'));
  return (file, line) => hunks.get(file)?.some(([from, to]) => from <= line && line <= to) ?? false;
}

/** The new side of each hunk of a diff. A line of a file cannot pass for a header: in a hunk it begins with a sign, and hunks are as long as they say. Pure. */
export function readHunks(diff: string): ReadonlyMap<string, readonly (readonly [from: number, to: number])[]> {
  const hunks = new Map<string, (readonly [number, number])[]>();
  let file: string | null = null;
  const lines = diff.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line.startsWith('+++ ')) file = line.startsWith('+++ b/') ? line.slice('+++ b/'.length) : null;
    const [, removed, from, added] = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line) ?? [];
    if (from === undefined) continue;
    const count = Number(added ?? 1);
    if (file !== null && count > 0) {
      const known = hunks.get(file) ?? [];
      known.push([Number(from), Number(from) + count - 1]);
      hunks.set(file, known);
    }
    at += Number(removed ?? 1) + count;
  }
  return hunks;
}

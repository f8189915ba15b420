import type { Place } from '#core';
import { asArray, asNumber, asObject } from '#core';
import { runGit } from '../dry-run/git.ts';
import type { PolicyTree } from '../load-tree.ts';

/**
 * When lines of chains with a small weight were last committed, as `runLint` asks for it: other lines are not looked up, since git takes its time. Null
 * for a line that is not committed, and for every line without git or a repository.
 */
export async function lineAges(tree: PolicyTree): Promise<(place: Place) => number | null> {
  const files = new Set(tree.parsed.documents.filter(({ value }) => holdsSmallWeight(value)).map(({ file }) => file));
  const ages = new Map<string, readonly (number | null)[]>();
  for (const file of files) {
    const blamed = await runGit(tree.folder, ['blame', '--porcelain', '--', file]).catch(() => null);
    if (blamed !== null) ages.set(file, commitTimes(blamed.toString('utf8')));
  }
  return ({ file, line }) => ages.get(file)?.[line - 1] ?? null;
}

/** Any weight that a rule may call small; zero is switched off. */
function holdsSmallWeight(value: unknown): boolean {
  const { strategy, targets } = asObject(asObject(value).spec);
  if (strategy !== 'weighted') return false;
  return asArray(targets).some((target) => {
    const weight = asNumber(asObject(target).weight) ?? 0;
    return weight > 0 && weight < 100;
  });
}

/** Time of the last commit of each line, in ms. Porcelain tells a commit's time once, at its first line. */
function commitTimes(porcelain: string): readonly (number | null)[] {
  const times = new Map<string, number>();
  const lines: string[] = [];
  let commit = '';
  for (const text of porcelain.split('\n')) {
    const head = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(text);
    if (head) {
      commit = head[1] ?? '';
      lines[Number(head[2]) - 1] = commit;
    } else if (text.startsWith('committer-time ')) {
      times.set(commit, Number(text.slice('committer-time '.length)) * 1000);
    }
  }
  return lines.map((each) => (/^0+$/.test(each) ? null : (times.get(each) ?? null)));
}

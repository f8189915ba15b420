import type { Source } from '#policy';
import { runGit } from './git.ts';

const FILE_MODES: ReadonlySet<string> = new Set(['100644', '100755']);

/** The policy files below a path of the repository at a commit, named relative to that path; null when the commit has no such folder. Hidden files and links are left out. */
export async function readCommittedTree(root: string, commit: string, path: string): Promise<readonly Source[] | null> {
  const prefix = path === '' || path === '.' ? '' : `${path.replace(/\/$/, '')}/`;
  const listing = await runGit(root, [
    'ls-tree',
    '-r',
    '-z',
    '--full-tree',
    commit,
    '--',
    ...(prefix === '' ? [] : [prefix]),
  ]);
  if (listing === null) return null;
  const files = listing
    .toString('utf8')
    .split('\0')
    .flatMap((entry) => entryOf(entry, prefix));
  if (files.length === 0) return null;
  const answer = await runGit(root, ['cat-file', '--batch'], files.map(({ object }) => `${object}\n`).join(''));
  return answer === null
    ? null
    : readBlobs(
        answer,
        files.map(({ file }) => file),
      );
}

function entryOf(entry: string, prefix: string): readonly { readonly file: string; readonly object: string }[] {
  const tab = entry.indexOf('\t');
  if (tab < 0) return [];
  const [mode = '', , object = ''] = entry.slice(0, tab).split(' ');
  const file = entry.slice(tab + 1 + prefix.length);
  const isPolicy =
    FILE_MODES.has(mode) && /\.ya?ml$/.test(file) && !file.split('/').some((part) => part.startsWith('.'));
  return isPolicy ? [{ file, object }] : [];
}

/** `git cat-file --batch` answers `<object> blob <size>\n<bytes>\n` for each, in order. */
function readBlobs(answer: Buffer, files: readonly string[]): readonly Source[] {
  const sources: Source[] = [];
  let at = 0;
  for (const file of files) {
    const end = answer.indexOf(10, at);
    const size = Number(answer.toString('utf8', at, end).split(' ')[2]);
    sources.push({ file, bytes: new Uint8Array(answer.subarray(end + 1, end + 1 + size)) });
    at = end + 1 + size + 1;
  }
  return sources;
}

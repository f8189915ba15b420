import { execFile } from 'node:child_process';
import { UsageError } from '../usage-error.ts';

const MAX_OUTPUT = 512 * 1024 * 1024;

/** Runs git in a folder and gives its stdout; null when git says no. Arguments are passed as they are, never through a shell. Throws `UsageError` without git. */
export async function runGit(folder: string, args: readonly string[], input?: string): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const options = { cwd: folder, encoding: 'buffer' as const, maxBuffer: MAX_OUTPUT };
    const child = execFile('git', [...args], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else if (error.code === 'ENOENT') {
        reject(new UsageError('git is not installed', 'Install it, or name folders: --base DIR --head DIR.'));
      } else resolve(null);
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** The same as a line of text. */
export async function askGit(folder: string, args: readonly string[]): Promise<string | null> {
  const answer = await runGit(folder, args);
  return answer === null ? null : answer.toString('utf8').trim();
}

/** The commit a revision names; null for none. A name that looks like an option is none. */
export async function commitOf(folder: string, revision: string): Promise<string | null> {
  if (revision.startsWith('-')) return null;
  return askGit(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
}

/** The last common commit of HEAD and the default branch, and the branch's name; null when there is no default branch. */
export async function mergeBase(folder: string): Promise<{ readonly commit: string; readonly branch: string } | null> {
  const remote = await askGit(folder, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  const configured = await askGit(folder, ['config', '--get', 'init.defaultBranch']);
  for (const branch of [remote, 'origin/main', 'origin/master', 'main', 'master', configured]) {
    if (branch === null || branch === '' || (await commitOf(folder, branch)) === null) continue;
    const commit = await askGit(folder, ['merge-base', 'HEAD', branch]);
    if (commit !== null && commit !== '') return { commit, branch };
  }
  return null;
}

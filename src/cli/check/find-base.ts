import { askGit, commitOf, mergeBase } from '../dry-run/git.ts';
import { UsageError } from '../usage-error.ts';
import type { CiRun } from './read-ci.ts';

/** The commit a change is compared with; null outside of git, or where there is no default branch. Throws `UsageError` for a base that is named and not there. */
export async function findBase(named: string | undefined, { target, base }: CiRun): Promise<string | null> {
  if (named !== undefined) return named;
  if (base !== null && (await commitOf('.', base)) !== null) return base;
  if (target === null) return (await mergeBase('.'))?.commit ?? null;
  const commit = (await commitOf('.', target)) === null ? null : await askGit('.', ['merge-base', 'HEAD', target]);
  if (commit === null || commit === '') {
    throw new UsageError(
      `where the branch left ${target} is not known`,
      'Fetch the whole history: `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab.',
    );
  }
  return commit;
}

import { stat } from 'node:fs/promises';
import type { Check } from '../installation.ts';
import { good } from '../outcome.ts';

const WORKFLOWS = ['.github/workflows', '.gitlab-ci.yml'];
const HOOKS = ['.pre-commit-config.yaml', 'lefthook.yml', '.husky', '.git/hooks/pre-commit'];

/** Whether something looks at a change before it is merged: a hint only, since it may be done elsewhere. */
export const checkReview: Check = async () => {
  const present = async (paths: readonly string[]) => {
    const found = await Promise.all(
      paths.map(async (path) => ((await stat(path).catch(() => null)) === null ? [] : [path])),
    );
    return found.flat()[0];
  };
  const [workflow, hook] = await Promise.all([present(WORKFLOWS), present(HOOKS)]);
  const hint = 'docs/policy-check.md has one for GitHub and GitLab, and the hook.';
  return [
    workflow === undefined
      ? { check: 'review', status: 'info', where: '.', message: 'no CI file is here that could check changes', hint }
      : good('review', workflow, 'CI is set up here'),
    ...(hook === undefined ? [] : [good('review', hook, 'commits have a hook')]),
  ];
};

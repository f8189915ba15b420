import { readFile } from 'node:fs/promises';
import { asObject, asString } from '#core';

/** The pull request (or merge request) that a run is about. */
export interface PullRequest {
  readonly number: number;
  /** The last commit of its branch. */
  readonly headSha: string;
}

/** What the CI system says about the change; all null on a laptop. */
export interface CiRun {
  readonly pullRequest: PullRequest | null;
  /** The branch that the change is for, as a revision. */
  readonly target: string | null;
  /** Where the branch left it, where the system knows. */
  readonly base: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SHA = /^[0-9a-f]{40}$/;

/**
 * Reads the variables of GitHub Actions and GitLab CI. A branch name is only ever handed to git as a revision. Effect: reads the event file that GitHub names.
 * Sources: "Variables reference" of both, read 2026-11.
 */
export async function readCi(env: Environment): Promise<CiRun> {
  if (env.GITHUB_ACTIONS === 'true') return readGithub(env);
  if (env.GITLAB_CI === 'true') return readGitlab(env);
  return { pullRequest: null, target: null, base: null };
}

async function readGithub(env: Environment): Promise<CiRun> {
  const event = await readEvent(env.GITHUB_EVENT_PATH);
  const { number, pull_request: change } = event;
  const headSha = asString(asObject(asObject(change).head).sha) ?? '';
  const isKnown = typeof number === 'number' && Number.isSafeInteger(number) && SHA.test(headSha);
  const target = env.GITHUB_BASE_REF ? `origin/${env.GITHUB_BASE_REF}` : null;
  return { pullRequest: isKnown ? { number, headSha } : null, target, base: null };
}

async function readEvent(path: string | undefined): Promise<Readonly<Record<string, unknown>>> {
  if (!path) return {};
  try {
    return asObject(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return {};
  }
}

function readGitlab(env: Environment): CiRun {
  const number = Number(env.CI_MERGE_REQUEST_IID ?? '');
  // In a pipeline of merged results the commit is none of the branch.
  const headSha = env.CI_MERGE_REQUEST_SOURCE_BRANCH_SHA || env.CI_COMMIT_SHA || '';
  const isKnown = Number.isSafeInteger(number) && number > 0 && SHA.test(headSha);
  const target = env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME ? `origin/${env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME}` : null;
  return {
    pullRequest: isKnown ? { number, headSha } : null,
    target,
    base: env.CI_MERGE_REQUEST_DIFF_BASE_SHA || null,
  };
}

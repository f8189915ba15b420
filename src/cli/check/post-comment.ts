import { asArray, asObject, asString } from '#core';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { CHECK_MARKER } from './check-markdown.ts';
import type { PullRequest } from './read-ci.ts';

/** What became of a comment. */
export type Posted = 'created' | 'updated' | 'unchanged' | 'stale';

interface Forge {
  /** Everything below it belongs to this pull request. */
  readonly change: string;
  readonly comments: string;
  readonly comment: (id: number) => string;
  readonly headers: Readonly<Record<string, string>>;
  readonly update: 'PATCH' | 'PUT';
  /** Where to ask who the token is; null where comments tell. */
  readonly self: string | null;
  readonly headShaOf: (change: Readonly<Record<string, unknown>>) => string | undefined;
}

const PAGE = 100;
const MOST_PAGES = 30;
const TIMEOUT_MS = 20_000;

/**
 * Puts the comment on the pull request, in place of the one that is there. The number comes from a report that a stranger's code may have written, so the pull request's
 * own head must be the commit that the run was about, else nothing is posted: nobody can have the comment put on somebody else's. Throws `UsageError`. Effects: calls the forge's API.
 */
export async function postComment({ env }: Terminal, text: string, { number, headSha }: PullRequest): Promise<Posted> {
  const forge = forgeOf(env, number);
  const change = asObject(await call(forge, 'GET', forge.change));
  if (forge.headShaOf(change) !== headSha) return 'stale';
  const found = await findComment(forge);
  if (found === null) {
    await call(forge, 'POST', forge.comments, { body: text });
    return 'created';
  }
  if (found.body === text) return 'unchanged';
  await call(forge, forge.update, forge.comment(found.id), { body: text });
  return 'updated';
}

function forgeOf(env: Terminal['env'], number: number): Forge {
  const { GITHUB_REPOSITORY, CI_PROJECT_ID } = env;
  const githubToken = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (GITHUB_REPOSITORY && githubToken) {
    const root = `${env.GITHUB_API_URL || 'https://api.github.com'}/repos/${GITHUB_REPOSITORY}`;
    return {
      change: `${root}/pulls/${number}`,
      comments: `${root}/issues/${number}/comments`,
      comment: (id) => `${root}/issues/comments/${id}`,
      headers: { authorization: `Bearer ${githubToken}`, accept: 'application/vnd.github+json' },
      update: 'PATCH',
      self: null,
      headShaOf: (change) => asString(asObject(change.head).sha),
    };
  }
  if (CI_PROJECT_ID && env.CI_API_V4_URL && env.GITLAB_TOKEN) {
    const change = `${env.CI_API_V4_URL}/projects/${encodeURIComponent(CI_PROJECT_ID)}/merge_requests/${number}`;
    return {
      change,
      comments: `${change}/notes`,
      comment: (id) => `${change}/notes/${id}`,
      headers: { 'private-token': env.GITLAB_TOKEN },
      update: 'PUT',
      self: `${env.CI_API_V4_URL}/user`,
      headShaOf: ({ sha }) => asString(sha),
    };
  }
  throw new UsageError(
    'where to post is not known',
    'On GitHub set GITHUB_REPOSITORY and GITHUB_TOKEN, on GitLab CI_API_V4_URL, CI_PROJECT_ID and GITLAB_TOKEN.',
  );
}

/** Anybody may begin a comment with the marker: ours is one by a bot on GitHub, whose tokens do not say who they are, and by ourselves on GitLab. */
async function findComment(forge: Forge): Promise<{ readonly id: number; readonly body: string } | null> {
  const self = forge.self === null ? null : asObject(await call(forge, 'GET', forge.self)).id;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const comments = asArray(await call(forge, 'GET', `${forge.comments}?per_page=${PAGE}&page=${page}`));
    for (const comment of comments.map(asObject)) {
      const body = asString(comment.body) ?? '';
      const isOwn = self === null ? asObject(comment.user).type === 'Bot' : asObject(comment.author).id === self;
      if (isOwn && body.startsWith(CHECK_MARKER) && typeof comment.id === 'number') return { id: comment.id, body };
    }
    if (comments.length < PAGE) return null;
  }
  return null;
}

async function call(forge: Forge, method: string, url: string, body?: object): Promise<unknown> {
  const what = `${method} ${new URL(url).pathname}`;
  let answer: Response;
  try {
    answer = await fetch(url, {
      method,
      headers: { ...forge.headers, 'content-type': 'application/json', 'user-agent': 'signalbox' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    throw new UsageError(`${what}: ${(error as Error).message}`, null, { cause: error });
  }
  const text = await answer.text();
  if (answer.ok) return text === '' ? null : JSON.parse(text);
  const hint =
    answer.status === 401 || answer.status === 403
      ? 'The token needs to write pull requests (`pull-requests: write`).'
      : null;
  throw new UsageError(`${what} was answered with ${answer.status}`, hint);
}

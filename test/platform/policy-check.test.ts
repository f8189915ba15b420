import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { requireProgram, type SkipContext } from '../support/skip.ts';
import { type Cleanup, makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');

type Context = SkipContext & Cleanup;

interface Repository {
  readonly folder: string;
  readonly git: (...args: string[]) => string;
  /** The variables that GitHub gives to the run of a pull request. */
  readonly env: NodeJS.ProcessEnv;
  readonly headSha: string;
}

/** A clone as GitHub's checkout leaves it: the example company, a branch with one change, and the merge of both checked out without a branch. */
function openPullRequest(
  t: Context,
  change: Readonly<Record<string, (text: string) => string>>,
): Repository | undefined {
  for (const program of ['git', 'bash']) if (requireProgram(t, program) === undefined) return undefined;
  const temp = makeTempDirectory(t);
  const origin = join(temp, 'origin');
  const folder = join(temp, 'clone');
  mkdirSync(origin);
  for (const part of ['policies', 'traffic', '.githooks'])
    cpSync(join(root, part), join(origin, part), { recursive: true });
  const gitIn =
    (cwd: string) =>
    (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
        cwd,
        encoding: 'utf8',
        stdio: 'pipe',
      }).trim();
  const there = gitIn(origin);
  there('init', '-q', '-b', 'main');
  there('add', '-A');
  there('commit', '-q', '-m', 'base');
  there('checkout', '-q', '-b', 'change');
  for (const [file, edit] of Object.entries(change)) {
    const path = join(origin, file);
    const before = readFileSync(path, 'utf8');
    assert.notEqual(edit(before), before, `${file} changes`);
    writeFileSync(path, edit(before));
  }
  there('commit', '-q', '-a', '--allow-empty', '-m', 'change');
  const headSha = there('rev-parse', 'HEAD');
  there('checkout', '-q', 'main');
  writeFileSync(join(origin, 'elsewhere.txt'), 'the default branch went on\n');
  there('add', '-A');
  there('commit', '-q', '-m', 'meanwhile');
  there('checkout', '-q', '--detach');
  there('merge', '-q', '--no-ff', '-m', 'merge', 'change');
  there('update-ref', 'refs/pull/7/merge', 'HEAD');
  there('checkout', '-q', 'main');
  gitIn(temp)('clone', '-q', origin, folder);
  const git = gitIn(folder);
  git('fetch', '-q', 'origin', 'refs/pull/7/merge');
  git('checkout', '-q', 'FETCH_HEAD');
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(root, 'bin/signalbox.mjs'), join(folder, 'node_modules/.bin/signalbox'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const event = join(temp, 'event.json');
  writeFileSync(event, JSON.stringify({ number: 7, pull_request: { head: { sha: headSha } } }));
  const env = {
    PATH: process.env.PATH,
    HOME: temp,
    NO_COLOR: '1',
    GITHUB_ACTIONS: 'true',
    GITHUB_BASE_REF: 'main',
    GITHUB_EVENT_PATH: event,
    GITHUB_STEP_SUMMARY: join(temp, 'summary.md'),
  };
  return { folder, git, env, headSha };
}

/** Runs the script of the composite action as the runner does. */
function runAction({ folder, env }: Repository, inputs: Readonly<Record<string, string>> = {}) {
  const action = parse(readFileSync(join(root, '.github/actions/policy-check/action.yml'), 'utf8'));
  const [step] = action.runs.steps;
  const names: Readonly<Record<string, string>> = {
    POLICIES: 'policies',
    LOCK: 'lock',
    MIN_COVERAGE: 'min-coverage',
    COMMAND: 'command',
  };
  assert.deepEqual(Object.keys(step.env), Object.keys(names));
  const given = Object.entries(step.env as Readonly<Record<string, string>>).map(([name, text]) => {
    const [, input = ''] = /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(text) ?? [];
    return [name, inputs[input] ?? action.inputs[input].default];
  });
  const run = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
    cwd: folder,
    env: { ...env, ...Object.fromEntries(given) },
    encoding: 'utf8',
  });
  const read = (file: string) => readFileSync(join(folder, 'policy-check', file), 'utf8');
  return { code: run.status, stdout: run.stdout, stderr: run.stderr, read };
}

const cheaper = (text: string) => text.replace('model: openai/gpt-4o }', 'model: openai/gpt-4o-mini }');

describe('the policy check on a pull request', () => {
  it('fails a change that gives requests to a lower tier, and says where, in every form', (t: Context) => {
    const repository = openPullRequest(t, { 'policies/chains/premium.yaml': cheaper });
    if (repository === undefined) return;
    const { code, stdout, stderr, read } = runAction(repository);
    assert.equal(code, 1, stderr);
    assert.match(stdout, /^::error file=policies\/chains\/premium\.yaml,line=\d+,.*title=dry-run\/tierDowngrades::/m);
    assert.match(stdout, /^::error file=policies\/tests\/premium\.test\.yaml,line=\d+,.*title=test\/failed::/m);
    const report = JSON.parse(read('check.json'));
    assert.deepEqual(report.pullRequest, { number: 7, headSha: repository.headSha });
    assert.equal(report.base, repository.git('rev-parse', 'origin/main'));
    assert.equal(report.dryRun.report.records.replayed, 1500);
    const comment = read('comment.md');
    assert.match(comment, /^<!-- signalbox-check -->\n### 🛑 Policies: tests fail\. Fails gate tierDowngrades/);
    assert.match(comment, /`policies\/chains\/premium\.yaml:\d+`/);
    assert.match(comment, /What the policies do otherwise[\s\S]*`Chain\/premium`/);
    assert.equal(readFileSync(repository.env.GITHUB_STEP_SUMMARY as string, 'utf8'), comment);
    assert.equal(JSON.parse(read('lint.sarif')).version, '2.1.0');
    assert.match(read('tests.xml'), /<testsuites[^>]* failures="[1-9]/);
    assert.match(read('dry-run.html'), /^<!doctype html>/);
    const quality = JSON.parse(read('code-quality.json'));
    assert.ok(quality.some((entry: { check_name: string }) => entry.check_name === 'dry-run/tierDowngrades'));
    assert.equal(new Set(quality.map((entry: { fingerprint: string }) => entry.fingerprint)).size, quality.length);
  });

  it('passes a change without an effect in a few lines, and annotates nothing that it did not touch', (t: Context) => {
    const repository = openPullRequest(t, {
      'policies/chains/premium.yaml': (text) => text.replace(/^( +description: ).*$/m, '$1Another description.'),
    });
    if (repository === undefined) return;
    const { code, stdout, read } = runAction(repository, { 'min-coverage': '10%' });
    assert.equal(code, 0, stdout);
    assert.doesNotMatch(stdout, /^::/m);
    const comment = read('comment.md');
    assert.match(comment, /### ✅ Policies: No change of the \d|### ✅ Policies: /);
    assert.ok(comment.length < 2000, 'reassurance is short');
  });

  it('advises on lines that nobody touched where the change is what makes the advice', (t: Context) => {
    const repository = openPullRequest(t, {
      'policies/checks/waivers.yaml': (text) => text.replace('subject: Chain/economy\n', 'subject: Chain/premium\n'),
    });
    if (repository === undefined) return;
    const { stdout } = runAction(repository);
    assert.match(stdout, /^::warning file=policies\/chains\/economy\.yaml,line=\d+,.*title=fallback\/cost-jump::/m);
  });

  it('says that nothing was replayed when the policies do not compile', (t: Context) => {
    const repository = openPullRequest(t, {
      'policies/chains/premium.yaml': (text) => text.replace('model: openai/gpt-4o }', 'model: openai/gpt-4oo }'),
    });
    if (repository === undefined) return;
    const { code, stdout, read } = runAction(repository);
    assert.equal(code, 1);
    assert.match(stdout, /^::error file=policies\/chains\/premium\.yaml,line=\d+/m);
    assert.match(read('comment.md'), /dry-run \| the policies do not compile/);
  });

  it('tells of a change of the recordings themselves, and refuses one that is not as pinned', (t: Context) => {
    const repository = openPullRequest(t, {
      'traffic/traffic.lock.json': (text) => text.replace(/"records": \d+/, '"records": 1'),
    });
    if (repository === undefined) return;
    writeFileSync(join(repository.folder, 'traffic/example-week.ndjson.gz'), '{}\n');
    const { code, read } = runAction(repository);
    assert.equal(code, 2);
    assert.match(read('comment.md'), /🛑 \| dry-run \| .*not .* as pinned/);
    assert.match(read('comment.md'), /⚠️ This change also changes which recordings are pinned\./);
  });

  it('is the same on a laptop, and in a commit hook', (t: Context) => {
    const repository = openPullRequest(t, { 'policies/chains/premium.yaml': cheaper });
    if (repository === undefined) return;
    const { folder, git } = repository;
    const laptop = { PATH: process.env.PATH, HOME: repository.env.HOME, NO_COLOR: '1' };
    const run = spawnSync('node_modules/.bin/signalbox', ['check'], { cwd: folder, env: laptop, encoding: 'utf8' });
    assert.equal(run.status, 1, run.stderr);
    assert.match(run.stdout, /✖ tests .*\n✖ dry-run +Fails gate tierDowngrades/);
    git('config', 'core.hooksPath', '.githooks');
    writeFileSync(join(folder, 'notes.txt'), 'no policy\n');
    git('add', 'notes.txt');
    git('commit', '-q', '-m', 'no policy');
    git('reset', '-q', '--soft', 'origin/main');
    const commit = spawnSync(
      'git',
      ['-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'x'],
      {
        cwd: folder,
        env: laptop,
        encoding: 'utf8',
      },
    );
    assert.equal(commit.status, 1);
    assert.match(`${commit.stdout}${commit.stderr}`, /test\/failed|fail/);
  });

  it('is the same in the template for GitLab, which puts its comment on the merge request', async (t: Context) => {
    const repository = openPullRequest(t, { 'policies/chains/premium.yaml': cheaper });
    if (repository === undefined) return;
    const { folder, git, headSha } = repository;
    const job = parse(readFileSync(join(root, '.gitlab/policy-check.yml'), 'utf8'))['policy-check'];
    const [install, check, ...more] = job.script as string[];
    assert.deepEqual([install, more], ['npm ci', []]);

    const posted: { readonly to: string; readonly body: string }[] = [];
    const api = createServer(async (request, response) => {
      assert.equal(request.headers['private-token'], 'glpat-of-the-test');
      const answers: Readonly<Record<string, unknown>> = {
        'GET /api/v4/projects/42/merge_requests/7': { iid: 7, sha: headSha },
        'GET /api/v4/user': { id: 1 },
        'GET /api/v4/projects/42/merge_requests/7/notes': [],
      };
      const what = `${request.method} ${request.url?.split('?')[0]}`;
      if (request.method === 'POST') posted.push({ to: what, ...((await json(request)) as { body: string }) });
      response
        .writeHead(what in answers || request.method === 'POST' ? 200 : 404)
        .end(JSON.stringify(answers[what] ?? {}));
    }).listen(0, '127.0.0.1');
    t.after(() => void api.close());
    await once(api, 'listening');

    const env = {
      PATH: process.env.PATH,
      HOME: repository.env.HOME,
      NO_COLOR: '1',
      GITLAB_CI: 'true',
      GITLAB_TOKEN: 'glpat-of-the-test',
      CI_API_V4_URL: `http://127.0.0.1:${(api.address() as AddressInfo).port}/api/v4`,
      CI_PROJECT_ID: '42',
      CI_MERGE_REQUEST_IID: '7',
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_DIFF_BASE_SHA: git('merge-base', 'origin/main', headSha),
      CI_COMMIT_SHA: headSha,
    };
    const run = (script: string) =>
      promisify(execFile)('bash', ['-eo', 'pipefail', '-c', script], { cwd: folder, env }).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
    assert.equal(await run(check as string), 1, 'a lower tier fails the job');
    for (const script of job.after_script as string[]) assert.equal(await run(script), 0);
    assert.deepEqual(
      posted.map(({ to }) => to),
      ['POST /api/v4/projects/42/merge_requests/7/notes'],
    );
    assert.equal(posted[0]?.body, readFileSync(join(folder, 'policy-check/comment.md'), 'utf8'));
    const { junit, codequality } = job.artifacts.reports;
    assert.match(readFileSync(join(folder, junit), 'utf8'), /<testsuites[^>]* failures="[1-9]/);
    assert.ok(JSON.parse(readFileSync(join(folder, codequality), 'utf8')).length > 0);
  });
});

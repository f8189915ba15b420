import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import { requireProgram } from '../support/skip.ts';

const root = join(import.meta.dirname, '../..');
const script = readFileSync(join(root, '.ci/run'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const workflows = globSync('.github/workflows/*.yml', { cwd: root });

function readWorkflow(path: string) {
  const document = parseDocument(readFileSync(join(root, path), 'utf8'));
  assert.deepEqual(document.errors, [], path);
  return document.toJS();
}

function stepsOf(path: string): readonly { readonly uses?: string; readonly run?: string }[] {
  return Object.values<{ steps: [] }>(readWorkflow(path).jobs).flatMap((job) => job.steps);
}

describe('continuous integration', () => {
  it('is one executable script that stops at the first failure and ends with the tests', (t) => {
    if (requireProgram(t, 'bash') === undefined) return;
    execFileSync('bash', ['-n', join(root, '.ci/run')]);
    assert.ok((statSync(join(root, '.ci/run')).mode & 0o111) !== 0, '.ci/run is executable');
    assert.match(script, /^set -Eeuo pipefail$/m);
    assert.match(script, /^export SIGNALBOX_CI=1$/m);
    assert.match(script, /\nexec npm test\n$/);
  });

  it('runs the same static checks as npm run check', () => {
    for (const command of ['biome ci .', 'tsc --noEmit -p .', 'scripts/generate.ts --check']) {
      assert.ok(script.includes(command), command);
    }
    assert.equal(manifest.scripts.check, 'node scripts/check.ts');
  });

  it('tests every test file and no other', () => {
    assert.match(manifest.scripts.test, /--test-reporter=spec "test\/\*\*\/\*\.test\.ts"$/);
  });

  it('runs that script on GitHub', () => {
    assert.ok(stepsOf('.github/workflows/ci.yml').some((step) => step.run === '.ci/run'));
  });

  it('checks every pull request that touches policies or recordings', () => {
    const path = '.github/workflows/policy.yml';
    assert.deepEqual(readWorkflow(path).on.pull_request.paths, ['policies/**', 'traffic/**']);
    assert.ok(stepsOf(path).some(({ uses }) => uses === './.github/actions/policy-check'));
    const [step] = readWorkflow('.github/actions/policy-check/action.yml').runs.steps;
    assert.match(step.run, /^\$COMMAND check /m);
    assert.doesNotMatch(step.run, /\$\{\{/, 'no expression in a script: what it stands for could be a command');
  });

  it('runs no code of a pull request where it may write', () => {
    const { jobs, on } = readWorkflow('.github/workflows/policy-comment.yml');
    assert.deepEqual(Object.keys(on), ['workflow_run']);
    const [checkout] = jobs.comment.steps;
    assert.match(checkout.uses, /^actions\/checkout@/);
    assert.equal(checkout.with.ref, undefined, 'the default branch');
    for (const { run = '' } of jobs.comment.steps) assert.doesNotMatch(run, /\$\{\{/);
    for (const path of workflows)
      assert.doesNotMatch(readFileSync(join(root, path), 'utf8'), /pull_request_target/, path);
  });

  it('gives its workflows no more than reading by default, and pins each action to a major version', () => {
    assert.ok(workflows.length >= 3);
    for (const path of workflows) {
      assert.deepEqual(readWorkflow(path).permissions, { contents: 'read' }, path);
      for (const { uses } of stepsOf(path))
        if (uses !== undefined) assert.match(uses, /^[\w-]+(?:\/[\w-]+)+@v\d+$|^\.\/\.github\//, path);
    }
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram } from '../support/skip.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const chain = (weight: number) => `apiVersion: signalbox/v1
kind: Chain
metadata: { name: trial, owner: o, description: d }
spec:
  strategy: weighted
  sticky: session
  defaults: { timeouts: { firstToken: 5s, total: 9s } }
  targets:
    - { id: gpt, model: openai/gpt-4o, weight: ${100 - weight} }
    - { id: claude, model: anthropic/claude-sonnet-4-5, weight: ${weight} }
`;

it('lint asks git how old a small weight is', async (t) => {
  if (requireProgram(t, 'git') === undefined) return;
  const cwd = makeTempDirectory(t, { 'policies/trial.yaml': chain(5) });
  const forgotten = async (): Promise<readonly string[]> => {
    const run = await runVerb(t, ['lint', '--format', 'json'], { cwd });
    const { findings } = JSON.parse(run.stdout);
    return findings
      .filter(({ rule }: { readonly rule: string }) => rule === 'split/canary-forgotten')
      .map(({ line, message }: { readonly line: number; readonly message: string }) => `${line} ${message}`);
  };
  assert.deepEqual(await forgotten(), [], 'nobody knows without a repository');

  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd,
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' },
    });
  git('init', '-q');
  git('add', '-A');
  git('commit', '-q', '-m', 'a trial');
  const [found] = await forgotten();
  assert.match(found ?? '', /^10 target `claude` of chain `trial` has had a share of 5 % for \d+ days$/);

  writeFileSync(join(cwd, 'policies/trial.yaml'), chain(6));
  assert.deepEqual(await forgotten(), [], 'changed and not yet committed');
});

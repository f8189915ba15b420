import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');

it('the generated types are those of the schemas', () => {
  const run = check(root);
  assert.equal(run.status, 0, run.stderr);
});

it('a generated file that was edited is named, with what to run, and fails the check', (t) => {
  const copy = makeTempDirectory(t);
  const files = ['package.json', 'schemas', 'scripts/generate-types.ts'];
  const generated = ['src/snapshot/documents.gen.ts', 'src/decision-log/record.gen.ts'];
  for (const file of [...files, ...generated]) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  appendFileSync(join(copy, 'src/snapshot/documents.gen.ts'), 'export type Edited = true;\n');
  const run = check(copy);
  assert.equal(run.status, 1);
  assert.match(run.stderr, /src\/snapshot\/documents\.gen\.ts differs .*node scripts\/generate-types\.ts/);
  assert.doesNotMatch(run.stderr, /record\.gen\.ts/);
});

function check(directory: string): { readonly status: number | null; readonly stderr: string } {
  const run = spawnSync(process.execPath, ['scripts/generate-types.ts', '--check'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return { status: run.status, stderr: run.stderr };
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ERRORS } from '#core';
import { KINDS } from '#policy';
import { UNENFORCED } from '../../src/lint/enforcement.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');

describe('pages of document kinds', () => {
  const pages = pagesOf('docs/kinds').filter((name) => name !== 'values');

  it('are there for every kind, and for nothing else', () => {
    const expected = [...KINDS].map((kind) => kind.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase());
    assert.deepEqual(pages.toSorted(), expected.toSorted());
  });

  for (const { kind, message } of UNENFORCED) {
    it(`say of ${kind}: ${message.slice(0, 60)}…`, () => {
      const file = `${kind.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase()}.md`;
      assert.ok(readFileSync(join(root, 'docs/kinds', file), 'utf8').includes(message));
    });
  }
});

describe('pages of error codes', () => {
  it('are there for every code, and for nothing else', () => {
    assert.deepEqual(pagesOf('docs/errors').toSorted(), Object.keys(ERRORS).toSorted());
  });

  for (const [code, { status, hint }] of Object.entries(ERRORS)) {
    it(`${code} tells its status, its hint, causes and remedies`, () => {
      const text = readFileSync(join(root, `docs/errors/${code}.md`), 'utf8');
      assert.ok(text.startsWith(`# ${code}\n\n**${status}** · `));
      assert.ok(text.includes(`> ${hint}\n`));
      for (const section of ['Causes', 'What to do']) assert.match(text, new RegExp(`## ${section}\\n\\n\\* \\S`));
    });
  }
});

describe('the generators', () => {
  for (const generator of ['scripts/generate-kind-docs.ts', 'scripts/generate-error-docs.ts']) {
    it(`${generator} would write what is checked in`, () => {
      const run = runNode(root, generator, '--check');
      assert.equal(run.status, 0, run.stderr);
    });
  }

  it('name edited, missing and left-over pages with what to run, and put them right', (t) => {
    const copy = makeTempDirectory(t);
    for (const path of ['package.json', 'schemas', 'scripts', 'src', 'policies', 'docs/kinds', 'docs/errors']) {
      cpSync(join(root, path), join(copy, path), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
    const generator = 'scripts/generate-error-docs.ts';
    appendFileSync(join(copy, 'docs/errors/no_route.md'), 'An edit.\n');
    rmSync(join(copy, 'docs/errors/draining.md'));
    writeFileSync(join(copy, 'docs/errors/gone.md'), '# gone\n');
    const check = runNode(copy, generator, '--check');
    assert.equal(check.status, 1);
    assert.match(
      check.stderr,
      /docs\/errors is stale \(draining\.md, gone\.md, no_route\.md\): run "node scripts\/generate-error-docs\.ts"/,
    );
    assert.equal(runNode(copy, generator).status, 0);
    assert.equal(runNode(copy, generator, '--check').status, 0);
    assert.ok(!pagesOf('docs/errors', copy).includes('gone'));
  });
});

function pagesOf(folder: string, directory = root): readonly string[] {
  return readdirSync(join(directory, folder))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.slice(0, -3));
}

function runNode(cwd: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
}

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { requireProgram } from '../support/skip.ts';

const root = join(import.meta.dirname, '../..');

type Rule = { readonly name: string; readonly pattern: RegExp; readonly files?: RegExp };

/** The slash is a class of its own so that this file does not break its rules. */
const rules: readonly Rule[] = [
  { name: 'a path of one particular machine', pattern: /(?:^|[\s"'`(=:,])[/](?:work|tmp|root|home[/]\w+)[/]/m },
  {
    name: 'the host of a package registry',
    pattern: /[/][/](?:[\w-]+[.])*registry[.][a-z]|\bregistry[.](?:npmjs|yarnpkg)|\bregistry[ ]*=[ ]*http/i,
  },
  { name: 'an address in the lockfile', pattern: /"resolved"\s*:/, files: /(^|\/)package-lock\.json$/ },
];

type Finding = { readonly rule: string; readonly line: number };

function findWords(path: string, text: string): readonly Finding[] {
  return rules
    .filter((rule) => rule.files === undefined || rule.files.test(path))
    .flatMap((rule) => {
      const index = text.search(rule.pattern);
      return index < 0
        ? []
        : [
            {
              rule: rule.name,
              line: text
                .slice(0, index + 1)
                .trimEnd()
                .split('\n').length,
            },
          ];
    });
}

describe('the project speaks of itself alone', () => {
  const shown: readonly (readonly [path: string, text: string, isFound: boolean])[] = [
    ['a.ts', ['const data = "', 'work', 'x";'].join('/'), true],
    ['a.md', ['see ', 'tmp', 'notes.md'].join('/'), true],
    ['a.md', 'docs/work/plan.md and https://example.com/work/x', false],
    ['a.ts', 'join(tmpdir(), "x")', false],
    ['.npmrc', ['registry', 'http://mirror'].join('='), true],
    ['a.md', `https://${'registry'}.example.org/`, true],
    ['.npmrc', `@scope:${'registry'}=https://example.org`, true],
    ['a.ts', "import { dialects } from './registry.ts'; // a registry of models", false],
    ['package-lock.json', '"resolved": "x"', true],
    ['other.json', '"resolved": "x"', false],
  ];
  for (const [path, text, isFound] of shown) {
    it(`${isFound ? 'refuses' : 'allows'} ${JSON.stringify(text)} in ${path}`, () => {
      assert.equal(findWords(path, text).length > 0, isFound);
    });
  }

  it('in every tracked file', (t) => {
    if (requireProgram(t, 'git') === undefined) return;
    if (!existsSync(join(root, '.git'))) {
      process.stdout.write('skipped: not a git checkout, so no file is tracked\n');
      t.skip('not a git checkout');
      return;
    }
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean);
    const texts = tracked
      .filter((path) => existsSync(join(root, path)))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
      .filter(({ text }) => !text.includes('\0'));
    assert.ok(texts.length > 0, 'git lists no file');
    const found = texts.flatMap(({ path, text }) =>
      findWords(path, text).map(({ rule, line }) => `${path}:${line} holds ${rule}`),
    );
    assert.deepEqual(found, []);
  });
});

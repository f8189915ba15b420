import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cannotCheck, loadPolicies } from '#policy';
import { makeTempDirectory } from '../support/temp-directory.ts';

const route = 'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: default }\nspec: { match: {} }\n';

describe('loading a policies folder', () => {
  it('reads .yaml and .yml at any depth, ordered by code units, and lists what it ignored', async (t) => {
    const folder = makeTempDirectory(t, {
      'signalbox.yaml': route,
      'routes/b.yml': route,
      'routes/B.yaml': route,
      'routes/deep/er/a.yaml': route,
      'tests/premium.test.yaml': route,
      'tests/premium.snap': '{}',
      'README.md': '# Policies',
      '.git/config.yaml': 'secret: x',
      'routes/.draft.yaml.swp': '',
    });
    const { sources, ignored, diagnostics } = await loadPolicies(folder);
    assert.deepEqual(diagnostics, []);
    const files = [
      'routes/B.yaml',
      'routes/b.yml',
      'routes/deep/er/a.yaml',
      'signalbox.yaml',
      'tests/premium.test.yaml',
    ];
    assert.deepEqual(
      sources.map(({ file }) => file),
      files,
    );
    assert.equal(Buffer.from(sources[0]!.bytes).toString(), route);
    assert.deepEqual(ignored, [
      { file: '.git', reason: 'hidden' },
      { file: 'README.md', reason: 'not .yaml or .yml' },
      { file: 'routes/.draft.yaml.swp', reason: 'hidden' },
      { file: 'tests/premium.snap', reason: 'not .yaml or .yml' },
    ]);
  });

  it('reads a Kubernetes mount through its links, once, before and after a swap', async (t) => {
    const folder = makeTempDirectory(t, { '..2026_01/a.yaml': 'first', '..2026_02/a.yaml': 'second' });
    symlinkSync('..2026_01', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    const read = async () =>
      (await loadPolicies(folder)).sources.map(({ file, bytes }) => [file, Buffer.from(bytes).toString()]);
    assert.deepEqual(await read(), [['a.yaml', 'first']]);
    symlinkSync('..2026_02', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    assert.deepEqual(await read(), [['a.yaml', 'second']]);
  });

  it('loads no file twice, however many links lead to it', async (t) => {
    const folder = makeTempDirectory(t, { 'z/a.yaml': route });
    symlinkSync('z', join(folder, 'b'));
    symlinkSync('z/a.yaml', join(folder, 'c.yaml'));
    const { sources, ignored, diagnostics } = await loadPolicies(folder);
    assert.deepEqual([sources.map(({ file }) => file), diagnostics], [['z/a.yaml'], []]);
    assert.deepEqual(ignored, [
      { file: 'b', reason: 'the same as z' },
      { file: 'c.yaml', reason: 'the same as z/a.yaml' },
    ]);
  });

  it('follows a link to a folder outside of the tree', async (t) => {
    const shared = makeTempDirectory(t, { 'budgets/month.yaml': route });
    const folder = makeTempDirectory(t, { 'a.yaml': route });
    symlinkSync(shared, join(folder, 'shared'));
    const { sources } = await loadPolicies(folder);
    assert.deepEqual(
      sources.map(({ file }) => file),
      ['a.yaml', 'shared/budgets/month.yaml'],
    );
  });

  for (const [name, link] of [
    ['a link to the folder above', (folder: string) => symlinkSync('..', join(folder, 'routes/loop'))],
    [
      'two links that name each other',
      (folder: string) => {
        symlinkSync('two.yaml', join(folder, 'routes/loop'));
        symlinkSync('loop', join(folder, 'routes/two.yaml'));
      },
    ],
  ] as const) {
    it(`reports ${name} as a symlink loop and reads the rest`, async (t) => {
      const folder = makeTempDirectory(t, { 'routes/a.yaml': route });
      link(folder);
      const { sources, diagnostics } = await loadPolicies(folder);
      assert.deepEqual(
        sources.map(({ file }) => file),
        ['routes/a.yaml'],
      );
      assert.equal(diagnostics[0]?.rule, 'load/symlink-loop');
      assert.equal(diagnostics[0]?.file, 'routes/loop');
    });
  }

  it('reports a file over the limit without reading it', async (t) => {
    const folder = makeTempDirectory(t, { 'a.yaml': route });
    writeFileSync(join(folder, 'big.yaml'), Buffer.alloc(10_000_000, 'a: b\n'));
    const { sources, diagnostics } = await loadPolicies(folder);
    assert.deepEqual(
      sources.map(({ file }) => file),
      ['a.yaml'],
    );
    assert.deepEqual(
      diagnostics.map(({ rule, file, message }) => [rule, file, message]),
      [['load/too-large', 'big.yaml', 'the file has 10000000 bytes; a policy file has at most 4194304']],
    );
  });

  it('stops at too many files and at too many bytes, once, and says so', async (t) => {
    const folder = makeTempDirectory(t, { 'a/1.yaml': route, 'a/2.yaml': route, 'b/3.yaml': route, 'c/4.yaml': route });
    const many = await loadPolicies(folder, { files: 2 });
    assert.deepEqual(
      [many.sources.length, many.diagnostics.map(({ rule, file }) => `${rule} ${file}`)],
      [2, ['load/too-many-files b/3.yaml']],
    );
    const large = await loadPolicies(folder, { treeBytes: 3 * route.length });
    assert.deepEqual(
      [large.sources.length, large.diagnostics.map(({ rule, file }) => `${rule} ${file}`)],
      [0, ['load/too-large .']],
    );
  });

  it('reports links that lead nowhere and files it may not read', async (t) => {
    const folder = makeTempDirectory(t, { 'a.yaml': route, 'locked.yaml': route });
    symlinkSync('gone.yaml', join(folder, 'dangling.yaml'));
    chmodSync(join(folder, 'locked.yaml'), 0);
    const { diagnostics } = await loadPolicies(folder);
    const found = diagnostics.map(({ rule, file }) => `${rule} ${file}`);
    assert.ok(found.includes('load/unreadable dangling.yaml'));
    // The superuser may read everything.
    if (process.getuid?.() !== 0) assert.ok(found.includes('load/unreadable locked.yaml'));
  });

  it('ignores what is named like a policy but is no regular file', async (t) => {
    const folder = makeTempDirectory(t, { 'a.yaml': route });
    symlinkSync('/dev/zero', join(folder, 'endless.yaml'));
    const { ignored } = await loadPolicies(folder);
    assert.deepEqual(ignored, [{ file: 'endless.yaml', reason: 'not a regular file' }]);
  });

  it('tells apart what cannot be checked: no folder, a file, an empty folder', async (t) => {
    const folder = makeTempDirectory(t, { 'notes.txt': '' });
    mkdirSync(join(folder, 'empty'));
    for (const [path, rule] of [
      [join(folder, 'nowhere'), 'load/missing'],
      [join(folder, 'notes.txt'), 'load/missing'],
      [folder, 'load/empty'],
      [join(folder, 'empty'), 'load/empty'],
    ] as const) {
      const { diagnostics } = await loadPolicies(path);
      assert.deepEqual(
        [diagnostics.map((diagnostic) => diagnostic.rule), cannotCheck(diagnostics)],
        [[rule], true],
        path,
      );
      assert.equal(diagnostics[0]?.file, path);
    }
  });

  it('calls mistakes in files no reason not to check', async (t) => {
    const folder = makeTempDirectory(t, { 'a.yaml': route });
    symlinkSync('gone.yaml', join(folder, 'dangling.yaml'));
    assert.equal(cannotCheck((await loadPolicies(folder)).diagnostics), false);
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { requireProgram } from '../support/skip.ts';
import { runProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const shipped = ['bin', 'scripts', 'src', 'schemas', 'policies', 'README.md', 'LICENSE', 'package.json', '.npmrc'];

/** Builds a copy of the checkout, so that the test leaves no dist/ in it; returns the unpacked package. */
function packAndUnpack(t: TestContext): string {
  const copy = makeTempDirectory(t, { 'packed/.keep': '' });
  for (const path of [...shipped, 'tsconfig.json', 'tsconfig.build.json']) {
    if (existsSync(join(root, path))) cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
  execFileSync(process.execPath, ['scripts/build.ts'], {
    cwd: copy,
    // The compiler's findings go to the test's own output.
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
  });
  // The build has run; npm's own scripts would link the command into the shared node_modules.
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', 'packed'], { cwd: copy, stdio: 'pipe' });
  const [archive = ''] = globSync('packed/*.tgz', { cwd: copy });
  execFileSync('tar', ['-xzf', archive], { cwd: copy });
  return join(copy, 'package');
}

/** What `npm install ARCHIVE` makes of it, with the dependencies of the checkout in place of downloaded ones. */
function install(t: TestContext, unpacked: string): string {
  const home = makeTempDirectory(t);
  const target = join(home, 'node_modules', manifest.name);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(unpacked, target, { recursive: true });
  for (const name of [...Object.keys(manifest.dependencies), ...Object.keys(manifest.optionalDependencies)]) {
    const installed = join(root, 'node_modules', name);
    const link = join(home, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    if (existsSync(installed)) symlinkSync(installed, link, 'dir');
  }
  mkdirSync(join(home, 'node_modules/.bin'));
  symlinkSync(join('..', manifest.name, manifest.bin.signalbox), join(home, 'node_modules/.bin/signalbox'));
  return home;
}

describe('the published package', () => {
  it('holds built files only, with every asset beside them, and its command runs where it is installed', async (t) => {
    if (requireProgram(t, 'npm') === undefined || requireProgram(t, 'tar') === undefined) return;
    const unpacked = packAndUnpack(t);
    const files = globSync('**/*', { cwd: unpacked }).map((path) => path.replaceAll('\\', '/'));
    assert.deepEqual(
      files.filter((path) => path.endsWith('.ts')),
      [],
      'Node strips no types inside node_modules',
    );
    for (const asset of globSync('src/**/*.{yaml,json,lua}', { cwd: root })) {
      assert.ok(files.includes(asset.replace(/^src/, 'dist')), `${asset} is missing in dist/`);
    }
    for (const schema of globSync('schemas/*.json', { cwd: root })) assert.ok(files.includes(schema), schema);

    const home = install(t, unpacked);
    const run = await runProcess(t, ['--version'], {
      cwd: home,
      program: [process.execPath, join(home, 'node_modules/.bin/signalbox')],
    });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, new RegExp(`\\b${manifest.version.replaceAll('.', '\\.')}\\b`));
  });

  it('is built whenever it is packed', () => {
    assert.equal(manifest.scripts.prepack, 'npm run build');
    assert.equal(manifest.scripts.build, 'node scripts/build.ts');
  });
});

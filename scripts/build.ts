import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const assets = ['src/**/*.yaml', 'src/**/*.json', 'src/**/*.lua'];

rmSync(dist, { recursive: true, force: true });
const compiler = spawnSync('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (compiler.status !== 0) process.exit(compiler.status ?? 1);

for (const asset of globSync(assets, { cwd: root })) {
  const target = join(dist, asset.slice('src/'.length));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(root, asset), target);
}

// The nearest package.json decides what `#name` means: here the built folders, in the checkout the sources.
const scope = { type: 'module', imports: { '#*': './*/index.js' } };
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(scope, null, 2)}\n`);

import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const emitted = join(root, 'out/build');
const assets = ['src/**/*.yaml', 'src/**/*.json', 'src/**/*.lua'];

for (const directory of [dist, emitted]) rmSync(directory, { recursive: true, force: true });
const compiler = spawnSync('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (compiler.status !== 0) process.exit(compiler.status ?? 1);

// Sources import schemas/*.json, so the compiler's root is the project's; only what came from src/ is the product.
renameSync(join(emitted, 'src'), dist);
rmSync(emitted, { recursive: true, force: true });

for (const asset of globSync(assets, { cwd: root })) {
  const target = join(dist, asset.slice('src/'.length));
  mkdirSync(dirname(target), { recursive: true });
  cpSync(join(root, asset), target);
}

// The nearest package.json decides what `#name` means: here the built folders, in the checkout the sources.
const scope = { type: 'module', imports: { '#*': './*/index.js' } };
writeFileSync(join(dist, 'package.json'), `${JSON.stringify(scope, null, 2)}\n`);

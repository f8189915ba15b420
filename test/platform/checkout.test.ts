import assert from 'node:assert/strict';
import { cpSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { findProgram, requireProgram } from '../support/skip.ts';
import { runProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const double = 'export async function main(argv) { console.log("ran", ...argv); return 0; }\n';

describe('a checkout after npm ci', () => {
  it('has its own command on the path, for npx and for npm start', { timeout: 60_000 }, async (t) => {
    if (requireProgram(t, 'npm') === undefined) return;
    const { prepare, start } = manifest.scripts;
    const directory = makeTempDirectory(t, {
      'package.json': JSON.stringify({ name: 'signalbox', type: 'module', scripts: { prepare, start } }),
      'package-lock.json': JSON.stringify({ name: 'signalbox', lockfileVersion: 3, packages: { '': {} } }),
      'src/cli/main.ts': double,
    });
    for (const path of ['bin', 'scripts/link-command.mjs']) {
      cpSync(join(root, path), join(directory, path), { recursive: true });
    }
    const npm = (...args: string[]) =>
      runProcess(t, args, {
        cwd: directory,
        program: [findProgram('npm') ?? 'npm'],
        env: { npm_config_offline: 'true' },
      });

    for (const args of [['ci'], ['ci', '--omit=dev']]) {
      const installed = await npm(...args);
      assert.equal(installed.code, 0, installed.stderr);
      const link = readlinkSync(join(directory, 'node_modules/.bin/signalbox'));
      assert.equal(link, '../../bin/signalbox.mjs');
    }
    assert.match((await npm('exec', '--', 'signalbox', 'lint')).stdout, /^ran lint$/m);
    assert.match((await npm('start')).stdout, /^ran serve$/m);
    assert.match((await npm('start', '--', '--port', '0')).stdout, /^ran serve --port 0$/m);
  });

  it('asks for nothing that only tests need', () => {
    const dependencies = Object.keys(manifest.dependencies);
    assert.deepEqual(
      dependencies.filter((name) => /sdk$|^openai$|@google\/genai|fast-check|typescript|biome/.test(name)),
      [],
    );
  });

  it('pins every dependency to one version', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)));
    assert.deepEqual(loose, []);
  });
});

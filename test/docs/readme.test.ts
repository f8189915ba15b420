import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findFreePort } from '../support/free-port.ts';
import { startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

/** A fenced block of commands and the output that the text shows for it. */
interface Step {
  readonly line: number;
  readonly commands: string;
  readonly expected: readonly string[];
}

// The README's own first commands: the copy under test is installed already, and the server is started by the test.
const INSTALL = 'npm ci\nnpm start';
// Runs for half a minute and has its own place in CI.
const CHECKS = 'npm run check';

describe('README.md', () => {
  const steps = readSteps('README.md');

  test('shows commands, each with what comes of it', () => {
    assert.ok(steps.length >= 7);
    assert.equal(steps[0]?.commands, INSTALL);
  });

  test('every command does what the text says, in order, in a fresh copy', async (t) => {
    const directory = copyCheckout(t);
    const port = await findFreePort();
    const gateway = startProcess(t, ['serve', '--port', String(port)], { cwd: directory });
    await gateway.waitForLine(new RegExp(`^http://127\\.0\\.0\\.1:${port} `));
    for (const { commands, expected, line } of steps) {
      if (commands === INSTALL || commands === CHECKS) continue;
      const { output, code } = await run(commands.replaceAll(':8787', `:${port}`), directory, port);
      assert.equal(code, 0, `README.md:${line}: exit code ${code}\n${output}`);
      for (const wanted of expected) {
        assert.match(output, patternOf(wanted), `README.md:${line}: "${wanted}" is not in\n${output}`);
      }
    }
  });

  test('its checks are the scripts of the package', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const name of ['start', 'test', 'check']) assert.equal(typeof scripts[name], 'string');
  });
});

describe('README.ja.md', () => {
  test('has the same commands in the same order', () => {
    assert.deepEqual(
      readSteps('README.ja.md').map(({ commands }) => commands),
      readSteps('README.md').map(({ commands }) => commands),
    );
  });

  test('shows the same output', () => {
    assert.deepEqual(
      readSteps('README.ja.md').map(({ expected }) => expected),
      readSteps('README.md').map(({ expected }) => expected),
    );
  });

  test('has the same sections and links', () => {
    const count = (file: string, pattern: RegExp): number => (readFileSync(file, 'utf8').match(pattern) ?? []).length;
    for (const pattern of [/^## /gm, /\]\((?!README)[^)]+\)/g]) {
      assert.equal(count('README.ja.md', pattern), count('README.md', pattern));
    }
  });
});

function readSteps(file: string): readonly Step[] {
  const text = readFileSync(file, 'utf8');
  const blocks = [...text.matchAll(/^```(sh|text)\n([\s\S]*?)\n```$/gm)];
  return blocks.flatMap((block, index) => {
    if (block[1] !== 'sh') return [];
    const next = blocks[index + 1];
    const expected = next?.[1] === 'text' ? (next[2] ?? '').split('\n') : [];
    return [{ line: text.slice(0, block.index).split('\n').length, commands: block[2] ?? '', expected }];
  });
}

/** `…` stands for any text. */
function patternOf(wanted: string): RegExp {
  return new RegExp(
    wanted
      .split('…')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*'),
  );
}

/** The tracked files as they are now, with the installed packages beside them. */
function copyCheckout(t: Parameters<typeof makeTempDirectory>[0]): string {
  const directory = makeTempDirectory(t);
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const file of files.split('\0').filter(Boolean)) {
    cpSync(file, join(directory, file), { recursive: true, force: true, errorOnExist: false });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

function run(
  commands: string,
  cwd: string,
  port: number,
): Promise<{ readonly output: string; readonly code: number | null }> {
  const env = { ...process.env, SIGNALBOX_PORT: String(port), NO_COLOR: '1', npm_config_yes: 'false' };
  for (const name of Object.keys(env)) if (/_API_KEY$/.test(name)) delete (env as NodeJS.ProcessEnv)[name];
  const child = spawn('bash', ['-c', commands], { cwd, env });
  let output = '';
  child.stdout.on('data', (part) => {
    output += part;
  });
  child.stderr.on('data', (part) => {
    output += part;
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ output, code })));
}

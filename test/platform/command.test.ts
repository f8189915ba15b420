import assert from 'node:assert/strict';
import { once } from 'node:events';
import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { findProgram } from '../support/skip.ts';
import { runProcess, startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const root = join(import.meta.dirname, '../..');

/** Says what it got, then does what its first argument says. */
const mainDouble = `
export async function main(argv) {
  const read = [];
  if (argv[0] === 'cat') for await (const chunk of process.stdin) read.push(chunk);
  console.log(JSON.stringify({ argv, node: process.versions.node, pid: process.pid, ppid: process.ppid,
    stdin: Buffer.concat(read).toString(), lifeline: process.env.SIGNALBOX_LIFELINE_FD ?? null, file: import.meta.url }));
  if (argv[0] === 'exit') return Number(argv[1]);
  if (argv[0] === 'abort') process.kill(process.pid, 'SIGKILL');
  if (argv[0] === 'throw') throw new Error('a bug');
  if (argv[0] === 'serve') {
    for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) {
      process.on(name, () => {
        console.log('got ' + name);
        if (name === 'SIGTERM') process.exit(7);
      });
    }
    setInterval(() => {}, 1000);
    console.log('ready');
    await new Promise(() => {});
  }
  return 0;
}
`;

/** Makes this Node call itself an older one, and only until the command has re-executed. */
function pretend(version: string): string {
  return `if (process.env.SIGNALBOX_LIFELINE_FD === undefined) {
    Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
  }`;
}

type Installation = { readonly directory: string; readonly program: readonly [string, ...string[]] };

type Setup = {
  readonly entry?: 'src/cli/main.ts' | 'dist/cli/main.js';
  readonly version?: string;
  readonly isBundled?: boolean;
};

function install(t: TestContext, { entry = 'src/cli/main.ts', version, isBundled = false }: Setup): Installation {
  const directory = makeTempDirectory(t, {
    'package.json': '{"type":"module"}',
    [entry]: mainDouble,
    'pretend.cjs': pretend(version ?? process.versions.node),
  });
  cpSync(join(root, 'bin'), join(directory, 'bin'), { recursive: true });
  if (isBundled) bundleNode(directory, process.execPath);
  return {
    directory,
    program: [process.execPath, '--require', join(directory, 'pretend.cjs'), join(directory, 'bin/signalbox.mjs')],
  };
}

function bundleNode(directory: string, node: string): void {
  const os = process.platform === 'win32' ? 'win' : process.platform;
  const packageDirectory = join(directory, 'node_modules', `node-${os}-${process.arch}`);
  const file = join(packageDirectory, process.platform === 'win32' ? 'bin/node.exe' : 'bin/node');
  mkdirSync(dirname(file), { recursive: true });
  cpSync(join(directory, 'package.json'), join(packageDirectory, 'package.json'));
  symlinkSync(node, file);
}

describe('the signalbox command', () => {
  it('runs in its own process when the Node is right, and passes arguments, input and exit code', async (t) => {
    const { program } = install(t, {});
    const run = await runProcess(t, ['cat', '--x', 'a b'], { program, stdin: 'héllo' });
    const said = JSON.parse(run.stdout);
    assert.deepEqual([said.argv, said.stdin, said.ppid, run.code], [['cat', '--x', 'a b'], 'héllo', process.pid, 0]);
    assert.equal((await runProcess(t, ['exit', '3'], { program })).code, 3);
  });

  it('runs the sources in a checkout and the built files in a package', async (t) => {
    const checkout = await runProcess(t, ['exit', '0'], install(t, {}));
    assert.match(JSON.parse(checkout.stdout).file, /src\/cli\/main\.ts$/);
    const built = await runProcess(t, ['exit', '0'], install(t, { entry: 'dist/cli/main.js' }));
    assert.match(JSON.parse(built.stdout).file, /dist\/cli\/main\.js$/);
  });

  it('reports a bug with its stack and exit code 70', async (t) => {
    const run = await runProcess(t, ['throw'], install(t, {}));
    assert.equal(run.code, 70);
    assert.match(run.stderr, /internal error[\s\S]*Error: a bug\n +at main/);
  });

  it('says what to do when nothing is built', async (t) => {
    const { directory, program } = install(t, { entry: 'dist/cli/main.js' });
    cpSync(join(directory, 'bin'), join(directory, 'elsewhere/bin'), { recursive: true });
    const run = await runProcess(t, [], { program: [program[0], join(directory, 'elsewhere/bin/signalbox.mjs')] });
    assert.equal(run.code, 2);
    assert.match(run.stderr, /neither src\/cli\/main\.ts nor dist\/cli\/main\.js exists in .*npm run build/);
  });

  const versions: readonly (readonly [version: string, isSuitable: boolean])[] = [
    ['18.0.0', false],
    ['20.20.2', false],
    ['22.22.1', false],
    ['22.22.2', true],
    ['22.23.0', true],
    ['23.11.0', false],
    ['24.14.9', false],
    ['24.15.0', true],
    ['25.0.0', true],
    ['26.10.0', true],
  ];
  for (const [version, isSuitable] of versions) {
    it(`${isSuitable ? 'runs on' : 'refuses'} Node ${version} where no other is bundled`, async (t) => {
      const run = await runProcess(t, ['exit', '0'], install(t, { version }));
      assert.equal(run.code, isSuitable ? 0 : 2, run.stderr);
      if (!isSuitable) assert.match(run.stderr, new RegExp(`this is Node ${version} .*Install Node 26 from https:`));
    });
  }

  describe('under a Node that is too old', () => {
    const old: Setup = { version: '20.20.2', isBundled: true };

    it('re-executes under the bundled Node and mirrors arguments, input and exit code', async (t) => {
      const { program } = install(t, old);
      const run = await runProcess(t, ['cat', 'a b'], { program, stdin: 'x' });
      const said = JSON.parse(run.stdout);
      assert.deepEqual([said.argv, said.stdin, said.node], [['cat', 'a b'], 'x', process.versions.node]);
      assert.notEqual(said.ppid, process.pid);
      assert.equal(said.lifeline, null, 'the variable must not reach what the command itself starts');
      assert.equal((await runProcess(t, ['exit', '3'], { program })).code, 3);
    });

    it('forwards SIGHUP, SIGINT and SIGTERM, each once', async (t) => {
      const running = startProcess(t, ['serve'], install(t, old));
      await running.waitForLine(/^ready$/);
      running.child.kill('SIGHUP');
      await running.waitForLine(/^got SIGHUP$/);
      running.child.kill('SIGINT');
      await running.waitForLine(/^got SIGINT$/);
      assert.deepEqual(await running.stop('SIGTERM'), { code: 7, signal: null });
      assert.deepEqual(running.stdout().match(/got \w+/g), ['got SIGHUP', 'got SIGINT', 'got SIGTERM']);
    });

    it('ends by the signal that ended the bundled Node', async (t) => {
      const run = await runProcess(t, ['abort'], install(t, old));
      assert.equal(run.signal, 'SIGKILL');
    });

    it('leaves nothing behind when it is killed itself', async (t) => {
      const running = startProcess(t, ['serve'], install(t, old));
      await running.waitForLine(/^ready$/);
      running.child.kill('SIGKILL');
      // The pipes close when the last process that holds them has ended: the re-executed one.
      assert.deepEqual(await running.ended, { code: null, signal: 'SIGKILL' });
    });

    it('says so when the bundled Node does not start', async (t) => {
      const { directory, program } = install(t, { version: '20.20.2' });
      bundleNode(directory, join(directory, 'pretend.cjs'));
      const run = await runProcess(t, [], { program });
      assert.equal(run.code, 2);
      assert.match(run.stderr, /the bundled .* does not start .*Install Node 26/);
    });
  });

  it('does the same under the real older Node of this machine', async (t) => {
    const older = await findOlderNode(t);
    if (older === undefined) return;
    const { directory } = install(t, { isBundled: true });
    const running = startProcess(t, ['serve'], { program: [older, join(directory, 'bin/signalbox.mjs')] });
    await running.waitForLine(/^ready$/);
    assert.deepEqual(await running.stop('SIGTERM'), { code: 7, signal: null });
    assert.match(running.stdout(), new RegExp(`"node":"${process.versions.node}"`));
  });
});

async function findOlderNode(t: TestContext): Promise<string | undefined> {
  const outside = (process.env.PATH ?? '').split(':').filter((path) => !path.includes('node_modules'));
  const node = findProgram('node', outside);
  const run = node === undefined ? undefined : startProcess(t, ['--version'], { program: [node] });
  if (run !== undefined) await once(run.child, 'close');
  if (node !== undefined && /^v(18|20)\./.test(run?.stdout() ?? '')) return node;
  process.stdout.write('skipped: no Node 18 or 20 outside node_modules\n');
  t.skip('no Node 18 or 20 outside node_modules');
  return undefined;
}

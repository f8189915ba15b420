import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reportBug } from '../../src/cli/report-bug.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { VERBS } from '../../src/cli/verbs.ts';
import { startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

describe('the command', () => {
  it('reports a bug of ours as one, with version, platform and stack', () => {
    const said: string[] = [];
    const terminal = { err: (text: string) => said.push(text) } as unknown as Terminal;
    assert.equal(reportBug(new Error('out of luck'), terminal), 70);
    assert.match(
      said.join(''),
      /internal error[\s\S]*report it[\s\S]*signalbox \d.*Node \d+[\s\S]*Error: out of luck\n +at /,
    );
  });

  it('has a verb behind every name, each named once', async () => {
    const names = VERBS.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    for (const { name, load, summary } of VERBS) {
      const verb = await load();
      assert.ok(typeof verb.run === 'function' && summary.length > 0, name);
    }
  });

  it('ends quietly when nobody reads on', async (t) => {
    const documents = Array.from({ length: 3000 }, (_, at) => `kind: Chian\nmetadata: { name: c${at} }`).join(
      '\n---\n',
    );
    const running = startProcess(t, ['lint'], { cwd: makeTempDirectory(t, { 'policies/a.yaml': documents }) });
    running.child.stdout?.once('data', () => running.child.stdout?.destroy());
    assert.deepEqual(await running.ended, { code: 1, signal: null });
    assert.equal(running.stderr(), '');
  });
});

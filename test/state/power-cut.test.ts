import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { requireProgram } from '../support/skip.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const COUNT = 20;

/** How often a process of so many holds asks the disk to keep what was written. */
function syncsOf(t: TestContext, strace: string, durability: string): number {
  const folder = makeTempDirectory(t);
  const trace = join(folder, 'trace');
  const script = join(import.meta.dirname, 'write-holds.ts');
  const calls = ['-f', '-qq', '-e', 'trace=fsync,fdatasync', '-o', trace];
  execFileSync(strace, [...calls, process.execPath, script, join(folder, 'data'), durability, String(COUNT)]);
  return readFileSync(trace, 'utf8').match(/f(?:data)?sync\(/g)?.length ?? 0;
}

describe('the embedded ledger and a power cut', () => {
  it('waits for the disk at every step with durability power, and at none with process', (t) => {
    const strace = requireProgram(t, 'strace');
    if (strace === undefined) return;
    const steps = 2 * COUNT;
    const [power, plain] = ['power', 'process'].map((durability) => syncsOf(t, strace, durability));
    assert.ok((power ?? 0) >= steps, `${power} syncs for ${steps} steps`);
    // Opening and closing a file take a few.
    assert.ok((plain ?? steps) < steps / 2, `${plain} syncs for ${steps} steps that wait for none`);
  });
});

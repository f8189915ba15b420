import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';

describe('the log of a process', () => {
  const script = join(import.meta.dirname, 'write-log.ts');

  test('loses no line when the process exits at once', async () => {
    const child = spawn(process.execPath, [script, '2000'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const text = await new Response(child.stderr as unknown as ReadableStream).text();
    assert.equal(text.trimEnd().split('\n').length, 2000);
    assert.ok(text.endsWith('"n":1999,"msg":"a line"}\n'), text.slice(-80));
  });

  test('never makes the work wait for a reader that stands still, and outlives one that goes away', async () => {
    const child = spawn(process.execPath, [script, '20000', 'wait'], { stdio: ['pipe', 'pipe', 'pipe'] });
    // Nobody reads stderr: a pipe holds 64 KiB, these lines are more than a megabyte.
    const [said] = await once(child.stdout, 'data');
    assert.equal(String(said), 'all written\n');
    child.stderr.destroy();
    child.stdin.end();
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });
});

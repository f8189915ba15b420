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

  for (const goesAway of [false, true]) {
    test(`never waits for a reader that ${goesAway ? 'stands still and goes away' : 'stands still to the end'}`, async () => {
      const child = spawn(process.execPath, [script, '20000', 'wait'], { stdio: 'pipe' });
      // Nobody reads stderr, and these lines are more than a pipe holds.
      const [said] = await once(child.stdout, 'data');
      assert.equal(String(said), 'all written\n');
      if (goesAway) child.stderr.destroy();
      child.stdin.end();
      const [code] = await once(child, 'exit');
      assert.equal(code, 0);
      child.stderr.destroy();
    });
  }

  test('keeps bounded memory for a reader that stands still', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'fill-pipe.ts')], { stdio: 'pipe' });
    const [said] = await once(child.stdout, 'data');
    const { taken, refused } = JSON.parse(String(said));
    assert.ok(refused > 0, 'more was offered than may wait');
    assert.ok(taken >= 1000 && taken < 2_000_000 / 100, `${taken} lines of 100 bytes were taken`);
    child.stderr.destroy();
    await once(child, 'exit');
  });
});

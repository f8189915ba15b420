import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { it } from 'node:test';
import { createAnswerStore } from '../../../src/state/index.ts';
import { makeTempDirectory } from '../../support/temp-directory.ts';

it('after kill -9 in the middle of writing the store opens clean, and every answer in it is whole', async (t) => {
  const dataDir = makeTempDirectory(t);
  for (let round = 0; round < 4; round++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await createAnswerStore({ dataDir, nowMs: Date.now });
    let found = 0;
    for (let n = 0; n < 200; n++) {
      const answer = await store.get(n.toString(16).padStart(64, '0'));
      if (answer === null) continue;
      found += 1;
      assert.match(answer.text, /^\d+:x+:end$/);
    }
    assert.ok(found >= 50, `${found} answers survived round ${round}`);
    await store.close();
  }
});

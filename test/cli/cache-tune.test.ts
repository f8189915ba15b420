import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { tuneThreshold } from '../../src/cache/index.ts';
import { startProcess } from '../support/start-process.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

describe('signalbox cache tune', () => {
  it('proposes the lowest threshold from which on the precision holds, and none where there is none', () => {
    const pairs = (count: number, similarity: number, isSame: boolean, differs = false) =>
      Array.from({ length: count }, () => ({ similarity, isSame, differs }));
    const good = [
      ...pairs(40, 0.95, true),
      ...pairs(30, 0.9, true),
      ...pairs(1, 0.9, false),
      ...pairs(20, 0.85, false),
    ];
    const { proposal, lines } = tuneThreshold(good, 0.97);
    assert.equal(proposal?.threshold, 0.86);
    assert.equal(proposal?.precision, 70 / 71);
    assert.equal(lines.find(({ threshold }) => threshold === 0.8)?.precision, 70 / 91);
    assert.equal(tuneThreshold(pairs(19, 0.99, true), 0.97).proposal, null, 'too few to tell');
    assert.equal(tuneThreshold([...pairs(50, 0.9, true), ...pairs(50, 0.99, false)], 0.97).proposal, null);
    const guarded = tuneThreshold([...pairs(50, 0.9, true), ...pairs(50, 0.9, false, true)], 0.97);
    assert.equal(guarded.proposal?.threshold, 0.7);
    assert.equal(guarded.lines[0]?.plainPrecision, 0.5);
  });

  it('asks a server of embeddings, and says by language what it found', async (t) => {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const { input } = JSON.parse(text) as { input: string[] };
        const data = input.map((each, index) => ({ index, embedding: [1, each.includes('roast') ? 1 : 0.1] }));
        response.end(JSON.stringify({ data }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const lines = Array.from({ length: 60 }, (_, n) => [
      JSON.stringify({ a: `How do I return item${n}?`, b: `How can I return item${n}?`, same: true }),
      `How do I roast the part${n}?\tHow do I return it?\t0`,
    ]).flat();
    const file = join(makeTempDirectory(t, { 'pairs.txt': `${lines.join('\n')}\n` }), 'pairs.txt');
    const run = async (...args: string[]) => {
      const child = startProcess(t, ['cache', 'tune', '--pairs', file, ...args], { env: {} });
      return { code: (await child.ended).code, out: child.stdout(), err: child.stderr() };
    };
    const found = await run('--server', url, '--model', 'any');
    assert.equal(found.code, 0, found.err);
    assert.match(found.out, /en: 120 pairs, 60 the same/);
    assert.match(found.out, /threshold: 0\.70 {3}# 100\.0% of its hits are right, it finds 100\.0%/);
    const missing = await run('--server', url);
    assert.deepEqual([missing.code, /--server needs --model/.test(missing.err)], [2, true]);
  });
});

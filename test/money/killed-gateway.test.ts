import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requireProgram } from '../support/skip.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { KILL_FILES, type KillReport, killRounds } from './kill-rounds.ts';

/** The long form, 20 times 1,000 requests, is `scripts/soak-gateway.ts`. */
describe('a gateway killed by kill -9 in the middle of 200 requests has lost nothing that it answered, and charges nothing twice', () => {
  it('three times over the embedded store', async (t) => {
    const cwd = makeTempDirectory(t, KILL_FILES);
    checkReport(await killRounds(t, { cwd, storeUrl: null, requests: 200, killAfter: [20, 70, 130] }));
  });

  it('twice over Redis', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const storeUrl = `${(await startRedis(t, program)).url}?timeout=10000`;
    const cwd = makeTempDirectory(t, KILL_FILES);
    checkReport(await killRounds(t, { cwd, storeUrl, requests: 200, killAfter: [40, 110] }));
  });
});

function checkReport({ sent, acknowledged, settled, ended }: KillReport): void {
  assert.ok(acknowledged > 0 && acknowledged <= settled);
  assert.ok(ended > 0 && settled + ended <= sent);
}

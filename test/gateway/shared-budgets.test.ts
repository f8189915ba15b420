import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { Redis } from 'ioredis';
import { Agent, request } from 'undici';
import { requireProgram } from '../support/skip.ts';
import { startGateway } from '../support/start-process.ts';
import { startRedis } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';

const POLICIES = {
  'policies/all.yaml': `apiVersion: signalbox/v1
kind: Project
metadata: { name: shared }
spec: { anonymous: guest }
---
apiVersion: signalbox/v1
kind: Consumer
metadata: { name: guest }
spec: {}
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: main }
spec: { targets: [{ id: echo, model: sandbox/echo }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: default }
spec: { match: {}, chain: main }
---
apiVersion: signalbox/v1
kind: Budget
metadata: { name: hundred }
spec: { limit: { requests: 100 }, window: { every: quarter, timezone: UTC }, onExhausted: deny }
`,
};

const BODY = JSON.stringify({
  model: 'sandbox/echo',
  stream: true,
  max_tokens: 50,
  messages: [{ role: 'user', content: 'Say something' }],
});

/** Sends 500 streaming requests at once, in turn to each gateway, reads them to their end, and counts the statuses. */
async function rush(urls: readonly string[]): Promise<Readonly<Record<number, number>>> {
  const agent = new Agent({ connections: 200, pipelining: 1 });
  const counts: Record<number, number> = {};
  await Promise.all(
    Array.from({ length: 500 }, async (_, at) => {
      const url = `${urls[at % urls.length]}/v1/chat/completions`;
      const headers = { 'content-type': 'application/json' };
      const { statusCode, body } = await request(url, { method: 'POST', headers, body: BODY, dispatcher: agent });
      const text = await body.text();
      if (statusCode === 200) assert.match(text, /data: \[DONE\]\s*$/);
      counts[statusCode] = (counts[statusCode] ?? 0) + 1;
    }),
  );
  await agent.close();
  return counts;
}

describe('500 streams at once on a budget that fits 100', () => {
  for (const workers of [1, 3]) {
    it(`pass exactly 100 times through ${workers === 1 ? 'one process' : `${workers} workers`}, and leave no hold`, async (t) => {
      const cwd = makeTempDirectory(t, POLICIES);
      const gateway = await startGateway(t, ['--workers', String(workers)], { cwd });
      assert.deepEqual(await rush([gateway.url]), { 200: 100, 429: 400 });
      await gateway.stop();
      const ledger = new DatabaseSync(join(cwd, '.signalbox/ledger.db'));
      assert.deepEqual(
        { ...ledger.prepare('SELECT sum(spent) AS spent, sum(held) AS held FROM counters').get() },
        { spent: 100, held: 0 },
      );
      assert.equal(ledger.prepare('SELECT count(*) AS holds FROM leases').get()?.holds, 0);
      ledger.close();
    });
  }

  it('pass exactly 100 times through 3 gateways over Redis, and leave no hold', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program);
    const env = { SIGNALBOX_REDIS_URL: `${server.url}?timeout=10000` };
    const gateways = await Promise.all(
      [0, 1, 2].map(() => startGateway(t, [], { cwd: makeTempDirectory(t, POLICIES), env })),
    );
    assert.deepEqual(await rush(gateways.map(({ url }) => url)), { 200: 100, 429: 400 });
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    const redis = new Redis(server.url);
    t.after(() => redis.disconnect());
    const [counter = ''] = await redis.keys('*c:budget:hundred*');
    assert.deepEqual(await redis.hmget(counter, 's', 'h'), ['100', '0']);
    assert.deepEqual(await redis.keys('*h:*'), []);
  });
});

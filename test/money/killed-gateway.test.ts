import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { Agent } from 'undici';
import { startGateway } from '../support/start-process.ts';
import { until } from '../support/start-redis.ts';
import { makeTempDirectory } from '../support/temp-directory.ts';
import { accounted, ask, policyTree, standings, WORST_MICRO_USD } from './stream-rush.ts';

const REQUESTS = 200;
/** So many answers are complete when the gateway is killed. */
const KILL_AFTER = [20, 70, 130];
/** Costs less than was held for it, so that a charge and a hold cannot be mistaken for each other, and lasts long enough for many to be under way. */
const ANSWER = 'words:20, pace:2ms';

const WINDOW = 'window: { every: quarter, timezone: UTC }, onExhausted: deny, lease: 2s, onLeaseExpiry: settle';
const FILES = {
  'policies/all.yaml': `${policyTree(`{ limit: { cost: "1000 USD" }, ${WINDOW} }`)['policies/all.yaml']}---
apiVersion: signalbox/v1
kind: Budget
metadata: { name: calls }
spec: { limit: { requests: 1000000 }, ${WINDOW} }
`,
};

/** Spent and held in all windows of a budget, as the file has it. */
interface Kept {
  readonly spent: number;
  readonly held: number;
}

/** What the usage ledger says of leases that ended. */
interface Ended {
  readonly requests: number;
  readonly costMicroUsd: number;
}

describe('a gateway killed by kill -9 in the middle of 200 requests, three times', () => {
  it('has lost nothing that it answered, and charges nothing twice', async (t) => {
    const cwd = makeTempDirectory(t, FILES);
    const acknowledged: number[] = [];
    let sent = 0;
    for (const killAfter of KILL_AFTER) {
      const gateway = await startGateway(t, [], { cwd });
      const agent = new Agent({ connections: 25, pipelining: 1 });
      let answered = 0;
      const outcomes = await Promise.allSettled(
        Array.from({ length: REQUESTS }, async () => {
          const { status, costMicroUsd } = await ask(gateway.url, ANSWER, agent);
          assert.equal(status, 200);
          answered += 1;
          if (answered === killAfter) gateway.child.kill('SIGKILL');
          return costMicroUsd;
        }),
      );
      await gateway.ended;
      await agent.destroy();
      sent += REQUESTS;
      for (const outcome of outcomes) if (outcome.status === 'fulfilled') acknowledged.push(outcome.value);
      assert.ok(answered >= killAfter && answered < REQUESTS, `killed in the middle: ${answered} answers`);
      checkFile(cwd, acknowledged, sent);
    }

    const left = readFile(cwd);
    assert.ok(left.holds > 0, 'some were under way');
    const again = await startGateway(t, [], { cwd });
    await until(async () => (await standings(again.url)).every(({ held }) => held === 0));
    const { tight, calls } = readFile(cwd);
    assert.deepEqual(
      tight,
      { spent: left.tight.spent + left.tight.held, held: 0 },
      'what was under way is charged as held',
    );
    assert.deepEqual(calls, { spent: left.calls.spent + left.calls.held, held: 0 });
    assert.equal(left.holds * WORST_MICRO_USD, left.tight.held);

    assert.deepEqual(readFile(cwd).ended.requests - left.ended.requests, left.holds, 'each with a row of its own');
    const ledger = await accounted([again.url]);
    assert.ok(ledger.requests <= calls.spent && ledger.costMicroUsd <= tight.spent, JSON.stringify(ledger));
    await again.stop();
    assert.equal(readFile(cwd).holds, 0);
  });
});

/** Every request is one of: never begun, under way and held in full (charged so where its lease is over), or settled once at its price: all that were answered. */
function checkFile(cwd: string, acknowledged: readonly number[], sent: number): void {
  const { tight, calls, holds, ended } = readFile(cwd);
  const [price = 0] = acknowledged;
  assert.ok(price > 0 && price < WORST_MICRO_USD && acknowledged.every((cost) => cost === price));
  const settled = calls.spent - ended.requests;
  assert.equal(ended.costMicroUsd, ended.requests * WORST_MICRO_USD);
  assert.equal(tight.spent - ended.costMicroUsd, settled * price, 'each settled request is charged its price, once');
  assert.deepEqual([calls.held, tight.held], [holds, holds * WORST_MICRO_USD]);
  assert.ok(settled >= acknowledged.length, `${acknowledged.length} answered: ${settled} settled, ${holds} held`);
  assert.ok(calls.spent + holds <= sent);
}

function readFile(cwd: string): {
  readonly tight: Kept;
  readonly calls: Kept;
  readonly holds: number;
  readonly ended: Ended;
} {
  const database = new DatabaseSync(join(cwd, '.signalbox/ledger.db'));
  const kept = (budget: string): Kept => {
    const row = database
      .prepare('SELECT total(spent) AS spent, total(held) AS held FROM counters WHERE key LIKE ?')
      .get(`budget:${budget}:%`);
    return { spent: Number(row?.spent), held: Number(row?.held) };
  };
  try {
    const holds = Number(database.prepare('SELECT count(*) AS holds FROM holds').get()?.holds);
    return { tight: kept('tight'), calls: kept('calls'), holds, ended: readEnded(cwd) };
  } finally {
    database.close();
  }
}

function readEnded(cwd: string): Ended {
  const database = new DatabaseSync(join(cwd, '.signalbox/usage.db'), { readOnly: true });
  try {
    const row = database
      .prepare("SELECT count(*) AS requests, total(cost_micro_usd) AS cost FROM charges WHERE code = 'lease-expired'")
      .get();
    return { requests: Number(row?.requests), costMicroUsd: Number(row?.cost) };
  } finally {
    database.close();
  }
}

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Agent } from 'undici';
import { advanceBreaker, breakerView, CLOSED_BREAKER, counterOf } from '../../src/decision/index.ts';
import { createStore } from '../../src/state/index.ts';
import { startGateway } from '../support/start-process.ts';
import { until } from '../support/start-redis.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { ask, policyTree, standings, WORST_MICRO_USD } from './stream-rush.ts';

/** Costs less than was held for it, so that a charge and a hold cannot be mistaken for each other, and lasts long enough for many to be under way. */
const ANSWER = 'words:20, pace:2ms';
const WINDOW = 'window: { every: quarter, timezone: UTC }, onExhausted: deny, lease: 2s, onLeaseExpiry: settle';

/** A tree with two budgets over everything: `tight` in money and `calls` in requests, neither of which is ever used up. */
export const KILL_FILES = {
  'policies/all.yaml': `${policyTree(`{ limit: { cost: "1000 USD" }, ${WINDOW} }`)['policies/all.yaml']}---
apiVersion: signalbox/v1
kind: Budget
metadata: { name: calls }
spec: { limit: { requests: 1000000 }, ${WINDOW} }
`,
};

/** Where and how often to kill. */
export interface KillPlan {
  /** Holds `policies/` and takes the gateway's data. */
  readonly cwd: string;
  /** Null for the embedded store. */
  readonly storeUrl: string | null;
  readonly requests: number;
  /** For each round, how many answers are complete when the gateway is killed. */
  readonly killAfter: readonly number[];
  /** Lets a gateway end what each kill has left, and compares the usage ledger with the budgets after each, not only at the end. */
  readonly comparesEach?: boolean;
  readonly onRound?: () => void;
}

/** What became of all requests. */
export interface KillReport {
  readonly sent: number;
  /** Answers that their callers have whole. */
  readonly acknowledged: number;
  /** Charged once, at their price. */
  readonly settled: number;
  /** Under way when the gateway was killed: charged what was held. */
  readonly ended: number;
}

/** Rows of the usage ledger, and what they cost together. */
interface Charged {
  readonly requests: number;
  readonly costMicroUsd: number;
}

/** Spent and held, as another process finds it in the store. */
interface Kept {
  readonly spent: number;
  readonly held: number;
}

/**
 * Kills a gateway in the middle of so many requests, again and again over one ledger, and checks after each kill: every answered request is charged its price,
 * exactly once; all others were never begun, are held in full, or were charged so at the end of their lease. At last the usage ledger agrees with the budgets to the micro-dollar. Throws an
 * AssertionError where that does not hold. Effects: processes.
 */
export async function killRounds(t: Cleanup, plan: KillPlan): Promise<KillReport> {
  const { cwd, storeUrl, requests } = plan;
  const env = storeUrl === null ? {} : { SIGNALBOX_REDIS_URL: storeUrl };
  const acknowledged: number[] = [];
  let sent = 0;
  for (const killAfter of plan.killAfter) {
    const gateway = await startGateway(t, [], { cwd, env });
    const agent = new Agent({ connections: 25, pipelining: 1 });
    let answered = 0;
    const outcomes = await Promise.allSettled(
      Array.from({ length: requests }, async () => {
        const { status, costMicroUsd } = await ask(gateway.url, ANSWER, agent);
        assert.equal(status, 200);
        answered += 1;
        if (answered === killAfter) gateway.child.kill('SIGKILL');
        return costMicroUsd;
      }),
    );
    assert.equal((await gateway.ended).signal, 'SIGKILL');
    await agent.destroy();
    sent += requests;
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') acknowledged.push(outcome.value);
    assert.ok(answered >= killAfter && answered < requests, `killed in the middle: ${answered} answers`);
    await check(plan, acknowledged, sent);
    if (plan.comparesEach === true) await settleRest(t, plan, env, acknowledged, sent);
    plan.onRound?.();
  }
  if (plan.comparesEach === true) return reportOf(plan, acknowledged, sent);
  return settleRest(t, plan, env, acknowledged, sent);
}

/** Lets a last gateway end what is left, and compares budgets with the usage ledger. */
async function settleRest(
  t: Cleanup,
  plan: KillPlan,
  env: Readonly<Record<string, string>>,
  acknowledged: readonly number[],
  sent: number,
): Promise<KillReport> {
  const left = await read(plan);
  const endedBefore = readEnded(plan.cwd).requests;
  const again = await startGateway(t, [], { cwd: plan.cwd, env });
  await until(async () => (await standings(again.url)).every(({ held }) => held === 0));
  const { tight, calls } = await read(plan);
  assert.deepEqual(tight, { spent: left.tight.spent + left.tight.held, held: 0 }, 'charged as held');
  assert.deepEqual(calls, { spent: left.calls.spent + left.calls.held, held: 0 });
  await again.stop();
  const ended = readEnded(plan.cwd).requests;
  assert.equal(ended - endedBefore, left.calls.held, 'each with a row of its own');
  assert.deepEqual(
    readCharges(plan.cwd, 'true'),
    { requests: calls.spent, costMicroUsd: tight.spent },
    'the usage ledger says the same as the budgets, to the micro-dollar',
  );
  return reportOf(plan, acknowledged, sent);
}

async function reportOf(plan: KillPlan, acknowledged: readonly number[], sent: number): Promise<KillReport> {
  const { calls } = await read(plan);
  const ended = readEnded(plan.cwd).requests;
  return { sent, acknowledged: acknowledged.length, settled: calls.spent - ended, ended };
}

async function check(plan: KillPlan, acknowledged: readonly number[], sent: number): Promise<void> {
  const { tight, calls } = await read(plan);
  const ended = readEnded(plan.cwd);
  const settled = calls.spent - ended.requests;
  const [price = 0] = acknowledged;
  assert.ok(price > 0 && price < WORST_MICRO_USD && acknowledged.every((cost) => cost === price));
  assert.equal(ended.costMicroUsd, ended.requests * WORST_MICRO_USD);
  assert.equal(tight.spent - ended.costMicroUsd, settled * price, 'each settled request is charged its price, once');
  assert.equal(tight.held, calls.held * WORST_MICRO_USD);
  assert.ok(settled >= acknowledged.length, `${acknowledged.length} answered: ${settled} settled, ${calls.held} held`);
  assert.ok(calls.spent + calls.held <= sent);
}

async function read({ cwd, storeUrl }: KillPlan): Promise<{ readonly tight: Kept; readonly calls: Kept }> {
  const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
  const dataDir = join(cwd, '.signalbox');
  const store = await createStore({ url: storeUrl, dataDir, clock: { nowMs: Date.now }, breaker });
  const window = { kind: 'calendar', every: 'quarter', timezone: 'UTC' } as const;
  const keyOf = (name: string, unit: 'cost' | 'requests') =>
    counterOf({ name, unit, limit: 1, window } as Parameters<typeof counterOf>[0], [], Date.now());
  const [tight, calls] = [keyOf('tight', 'cost'), keyOf('calls', 'requests')];
  const { counters } = await store.readFacts({ counters: [tight, calls], targets: [] });
  await store.close();
  const none = { spent: 0, held: 0 };
  return { tight: counters[tight.key] ?? none, calls: counters[calls.key] ?? none };
}

/** What the usage ledger says of leases that ended. */
function readEnded(cwd: string): Charged {
  return readCharges(cwd, "code = 'lease-expired'");
}

/** Of the sandbox each request has one row. */
function readCharges(cwd: string, condition: string): Charged {
  const database = new DatabaseSync(join(cwd, '.signalbox/usage.db'), { readOnly: true });
  try {
    const row = database
      .prepare(`SELECT count(*) AS requests, total(cost_micro_usd) AS cost FROM charges WHERE ${condition}`)
      .get();
    return { requests: Number(row?.requests), costMicroUsd: Number(row?.cost) };
  } finally {
    database.close();
  }
}

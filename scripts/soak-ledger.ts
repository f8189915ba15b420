import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { advanceBreaker, breakerView, CLOSED_BREAKER, type CounterKey } from '#decision';
import { createStore } from '#state';
import type { LedgerTask } from '../test/state/ledger-process.ts';
import { killMidway, settleRest } from '../test/state/run-ledger-processes.ts';

/**
 * Kills a process in the middle of 1,000 requests, 20 times over on one ledger, and checks after each kill that nothing acknowledged is lost and nothing is
 * charged twice: `node scripts/soak-ledger.ts [rounds] [redis-url]`. Without a URL the ledger is a file that goes away afterwards.
 */
const rounds = Number(process.argv[2] ?? 20);
const url = process.argv[3] ?? null;
const dataDir = mkdtempSync(join(tmpdir(), 'signalbox-soak-'));
const run = process.pid;
const charge = 7;

const counters: readonly CounterKey[] = ['org', 'team', 'app', 'route', 'model'].map((budget) => ({
  key: `budget:soak-${run}-${budget}::2020-01-01T00:00:00.000Z`,
  ...{ budget, unit: 'tokens', limit: 1e12, split: [] },
  windowStartMs: Date.UTC(2020, 0, 1),
  windowEndMs: Date.UTC(2100, 0, 1),
}));

async function openStore() {
  const breaker = { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView };
  return createStore({ url, dataDir, clock: { nowMs: Date.now }, breaker });
}

async function spent(): Promise<number> {
  const store = await openStore();
  const { counters: states } = await store.readFacts({ counters, targets: [] });
  await store.close();
  return states[counters[0]?.key ?? '']?.spent ?? 0;
}

async function round(number: number): Promise<readonly string[]> {
  const name = `soak-${run}-${number}`;
  const task: LedgerTask = { url, dataDir, name, requests: 1000, parallel: 32, amount: 10, charge, counters };
  const before = await spent();
  const seen = await killMidway(task, 100 + Math.floor(Math.random() * 800));
  const store = await openStore();
  const problems = await settleRest(store, task, before, seen);
  await store.close();
  const open = seen.held.size - seen.settled.size;
  console.log(
    `round ${number + 1}: killed after ${seen.settled.size} settled, ${open} open: ${problems.join('; ') || 'the account is right'}`,
  );
  return problems;
}

let failed = 0;
for (let at = 0; at < rounds; at++) if ((await round(at)).length > 0) failed += 1;
rmSync(dataDir, { recursive: true });
console.log(
  failed === 0 ? `${rounds} rounds, nothing lost and nothing doubled` : `${failed} of ${rounds} rounds are wrong`,
);
process.exitCode = failed === 0 ? 0 : 1;

import { writeSync } from 'node:fs';
import { advanceBreaker, breakerView, CLOSED_BREAKER, type CounterKey } from '../../src/decision/index.ts';
import { createStore, type Store } from '../../src/state/index.ts';

/**
 * A process that takes and settles holds on a store of others, forked by tests with its task as JSON in the last argument. Tells on stdout, in one write
 * each and only after the store has acknowledged it, what was done: `held ID`, `refused ID`, `settled ID`, in the end `done`.
 */
export interface LedgerTask {
  /** As for `createStore`. */
  readonly url: string | null;
  readonly dataDir: string;
  /** Beginning of the hold ids. */
  readonly name: string;
  readonly requests: number;
  /** How many at a time. */
  readonly parallel: number;
  readonly amount: number;
  /** What each request is charged; null leaves every hold open. */
  readonly charge: number | null;
  readonly counters: readonly CounterKey[];
}

const WRITTEN_PER_GROUP = 20;

if (import.meta.main) await work(JSON.parse(process.argv.at(-1) ?? '') as LedgerTask);

async function work(task: LedgerTask): Promise<void> {
  const store = await createStore({
    url: task.url,
    dataDir: task.dataDir,
    clock: { nowMs: Date.now },
    breaker: { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView },
  });
  say('ready');
  // All processes begin at once, when their parent says so.
  await new Promise((resolve) => process.stdin.once('data', resolve));
  let next = 0;
  const written: string[] = [];
  const lane = async () => {
    while (next < task.requests) await request(store, task, `${task.name}-${next++}`, written);
  };
  await Promise.all(Array.from({ length: task.parallel }, lane));
  await store.close();
  say('done');
  process.exit(0);
}

async function request(store: Store, task: LedgerTask, id: string, written: string[]): Promise<void> {
  const { counters, amount, charge } = task;
  const reservations = counters.map((counter) => {
    return { counter, amount, enforce: true, targets: null, leaseMs: 600_000, onLeaseExpiry: 'settle' as const };
  });
  const { kind } = await store.reserve({ id, owner: task.name, reservations });
  say(`${kind} ${id}`);
  if (kind !== 'held' || charge === null) return;
  const charges = counters.map((counter) => ({ counter, held: amount, amount: charge }));
  await store.commit({ id, charges, note: `{"id":"${id}"}` });
  say(`settled ${id}`);
  // As the usage ledger tells it, by the group; what a kill leaves is told again.
  written.push(id);
  if (written.length >= WRITTEN_PER_GROUP) await store.accounted(written.splice(0));
}

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

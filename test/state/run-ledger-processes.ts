import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CounterKey } from '../../src/decision/index.ts';
import type { Store } from '../../src/state/index.ts';
import type { LedgerTask } from './ledger-process.ts';

/** What a ledger process acknowledged, by hold id. */
export interface Acknowledged {
  readonly held: ReadonlySet<string>;
  readonly refused: ReadonlySet<string>;
  readonly settled: ReadonlySet<string>;
}

/** Runs the tasks at the same time, each in a process of its own, to their end. */
export async function runLedgerProcesses(tasks: readonly LedgerTask[]): Promise<readonly Acknowledged[]> {
  const running = tasks.map((task) => startLedgerProcess(task));
  await Promise.all(running.map(({ ready }) => ready));
  for (const { begin } of running) begin();
  return Promise.all(
    running.map(async ({ ended, acknowledged }) => {
      const end = await ended;
      if (end !== 0) throw new Error(`a ledger process ended with ${end}`);
      return acknowledged;
    }),
  );
}

/** Runs one task and kills it (SIGKILL) once it has acknowledged so many settled requests. Rejects when it came to another end, such as its own. */
export async function killMidway(task: LedgerTask, afterSettled: number): Promise<Acknowledged> {
  const { child, ready, begin, ended, acknowledged } = startLedgerProcess(task, (settled) => {
    if (settled === afterSettled) child.kill('SIGKILL');
  });
  await ready;
  begin();
  const end = await ended;
  if (end !== 'SIGKILL') throw new Error(`a ledger process was to be killed, and ended with ${end}`);
  return acknowledged;
}

/**
 * Goes through every id that a killed process may have begun, settles what it left open, and tells what is wrong with the counters then: nothing that was
 * acknowledged may be lost, nothing may be charged twice.
 */
export async function settleRest(
  store: Store,
  task: LedgerTask,
  before: number,
  seen: Acknowledged,
): Promise<readonly string[]> {
  const charge = task.charge ?? 0;
  let charged = 0;
  for (let at = 0; at < task.requests; at++) {
    const id = `${task.name}-${at}`;
    const charges = task.counters.map((counter) => ({ counter, held: task.amount, amount: charge }));
    const { applied } = await store.commit({ id, charges });
    // A hold that was acknowledged is open or settled; one that nobody heard of may be either taken or not.
    if (applied || seen.held.has(id)) charged += 1;
    if (applied && seen.settled.has(id)) return [`${id} was settled, and its hold is open again`];
  }
  const { counters } = await store.readFacts({ counters: task.counters, targets: [] });
  return task.counters.flatMap((counter: CounterKey) => {
    const { spent, held } = counters[counter.key] ?? { spent: 0, held: 0 };
    const expected = before + charged * charge;
    return spent === expected && held === 0
      ? []
      : [`${counter.key}: ${spent} spent and ${held} held, expected ${expected} and 0`];
  });
}

function startLedgerProcess(task: LedgerTask, onSettled: (count: number) => void = () => undefined) {
  const program = join(import.meta.dirname, 'ledger-process.ts');
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const sets = { held: new Set<string>(), refused: new Set<string>(), settled: new Set<string>() };
  const { promise: ready, resolve: tellReady } = Promise.withResolvers<void>();
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    const [what, id = ''] = line.split(' ');
    if (what === 'ready') tellReady();
    if (what === 'held' || what === 'refused' || what === 'settled') sets[what].add(id);
    if (what === 'settled') onSettled(sets.settled.size);
  });
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(
    ([[code, signal]]) => (signal ?? code) as NodeJS.Signals | number,
  );
  child.stdin!.on('error', () => undefined);
  return { child, ready, ended, acknowledged: sets as Acknowledged, begin: () => void child.stdin!.write('go\n') };
}

import { stat } from 'node:fs/promises';
import {
  createReplayer,
  createSimulator,
  mergeTallies,
  type ReplayContext,
  recordsInOrder,
  runReplay,
  type Tally,
  takeHere,
} from '#replay';
import { startProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import type { CompiledPlan, ReplayPlan } from './replay-plan.ts';
import { showReplay } from './replay-progress.ts';
import { startWorkers } from './start-workers.ts';

/** A replay to run. */
export interface PreparedReplay {
  readonly compiled: CompiledPlan;
  readonly context: ReplayContext;
  readonly plan: ReplayPlan;
  readonly workers: number;
}

/** Below it threads cost more than they bring: each reads and compiles the policies first. */
const BYTES_FOR_THREADS = 24 * 1024 * 1024;

/** Replays recordings in the mode of the context, over threads when there is enough to do. Effects: reads files, starts threads, shows progress. */
export async function replayRecordings(
  terminal: Terminal,
  paths: readonly string[],
  replay: PreparedReplay,
): Promise<Tally> {
  const sizes = await Promise.all(paths.map(sizeOf));
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const progress = startProgress(terminal);
  const show = showReplay(progress, terminal.nowMs, totalBytes);
  try {
    if (replay.context.mode === 'simulate') return await simulate(paths, replay, show);
    const { sides } = replay.compiled;
    const isSmall = totalBytes < BYTES_FOR_THREADS || replay.workers === 1;
    const takers = isSmall
      ? [takeHere(createReplayer(sides), replay.plan.shard)]
      : startWorkers(replay.plan, replay.workers);
    return await runReplay(paths, takers, ({ readBytes, lines }) => show(readBytes, lines));
  } finally {
    progress.end();
  }
}

async function simulate(
  paths: readonly string[],
  { compiled, context }: PreparedReplay,
  show: (readBytes: number, lines: number) => void,
): Promise<Tally> {
  const simulator = createSimulator(compiled.sides, context.changes);
  let read = 0;
  let lines = 0;
  const records = recordsInOrder(paths, simulator.tally, (readBytes) => {
    read = readBytes;
  });
  for await (const record of records) {
    await simulator.add(record);
    lines += 1;
    if (lines % 1000 === 0) show(read, lines);
  }
  return mergeTallies([simulator.tally]);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0;
}

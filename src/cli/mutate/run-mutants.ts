import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { type Progress, startProgress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import type { Mutant } from './find-mutants.ts';
import { judgeMutant, type MutantVerdict } from './judge-mutant.ts';
import { type MutationPlan, prepareMutation } from './mutation-plan.ts';
import type { MutantRange, MutantVerdicts } from './mutation-worker.ts';

/** What came of every mutant. */
export interface MutationResult {
  readonly total: number;
  readonly noticed: number;
  readonly refused: number;
  /** What no case noticed, by file and line. */
  readonly survivors: readonly Mutant[];
}

/** Below it a second thread costs more than it brings: each reads the sources and the policies first. */
const MUTANTS_PER_THREAD = 40;
const MOST_THREADS = 8;
/** Small enough that no thread is left with all of the slow ones. */
const BATCH = 8;

/** In a checkout the sources run as they are, in the package their build. */
const SUFFIX = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';

/** Judges every mutant of the policies, over threads where there are enough of them. Effects: threads, which end with it; shows progress. */
export async function runMutants(terminal: Terminal, plan: MutationPlan): Promise<MutationResult> {
  const prepared = prepareMutation(plan);
  const { mutants, judge } = prepared;
  const verdicts: MutantVerdict[] = [];
  const progress = startProgress(terminal);
  const threads = Math.min(MOST_THREADS, availableParallelism(), Math.floor(mutants.length / MUTANTS_PER_THREAD));
  const queue = batches(mutants.length);
  const take = async (judgeBatch: (range: MutantRange) => Promise<MutantVerdicts>): Promise<void> => {
    for (let range = queue.shift(); range !== undefined; range = queue.shift()) {
      for (const [at, verdict] of (await judgeBatch(range)).entries()) verdicts[range.from + at] = verdict;
      show(progress, verdicts, mutants.length);
    }
  };
  // The first thread is this one: it has read everything already.
  const here = take(async ({ from, to }) => {
    await setImmediate();
    return mutants.slice(from, to).map((mutant) => judgeMutant(mutant, judge));
  });
  await Promise.all([here, ...Array.from({ length: Math.max(0, threads - 1) }, () => inThread(plan, take))]);
  progress.end();
  const count = (wanted: MutantVerdict): number => verdicts.filter((verdict) => verdict === wanted).length;
  return {
    total: mutants.length,
    noticed: count('noticed'),
    refused: count('refused'),
    survivors: mutants.filter((_, index) => verdicts[index] === 'survived'),
  };
}

async function inThread(
  plan: MutationPlan,
  take: (judgeBatch: (range: MutantRange) => Promise<MutantVerdicts>) => Promise<void>,
): Promise<void> {
  const worker = new Worker(new URL(`./mutation-worker.${SUFFIX}`, import.meta.url), { workerData: plan });
  try {
    await take(async (range) => {
      worker.postMessage(range);
      // An error of the thread rejects this.
      const [verdicts] = (await once(worker, 'message')) as [MutantVerdicts];
      return verdicts;
    });
  } finally {
    await worker.terminate();
  }
}

function batches(total: number): MutantRange[] {
  return Array.from({ length: Math.ceil(total / BATCH) }, (_, at) => ({
    from: at * BATCH,
    to: Math.min(total, (at + 1) * BATCH),
  }));
}

function show(progress: Progress, verdicts: readonly MutantVerdict[], total: number): void {
  const survived = verdicts.filter((verdict) => verdict === 'survived').length;
  progress.step(`mutants: ${Object.keys(verdicts).length} of ${total} tried, ${survived} survived …`);
}

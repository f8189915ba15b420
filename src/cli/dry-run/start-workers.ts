import { Worker } from 'node:worker_threads';
import type { BlockTaker, Tally } from '#replay';
import type { ReplayPlan } from './replay-plan.ts';
import type { ToWorker } from './replay-worker.ts';

type FromWorker =
  | { readonly kind: 'done'; readonly memory: ArrayBuffer }
  | { readonly kind: 'tally'; readonly tally: Tally };

/** In a checkout the sources run as they are, in the package their build. */
const SUFFIX = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';

/** Starts threads that replay blocks, each with its own compiled policies. Effect: threads, which end with `finish`. */
export function startWorkers(plan: ReplayPlan, count: number): readonly BlockTaker[] {
  return Array.from({ length: count }, () => startWorker(plan));
}

function startWorker(plan: ReplayPlan): BlockTaker {
  const worker = new Worker(new URL(`./replay-worker.${SUFFIX}`, import.meta.url), { workerData: plan });
  let settle: { readonly resolve: (message: FromWorker) => void; readonly reject: (error: Error) => void } | null =
    null;
  let failure: Error | null = null;
  worker.on('message', (message: FromWorker) => settle?.resolve(message));
  worker.on('error', (error: Error) => {
    failure = error;
    settle?.reject(error);
  });
  const ask = (message: ToWorker, transfer: readonly ArrayBuffer[] = []): Promise<FromWorker> =>
    new Promise((resolve, reject) => {
      if (failure !== null) reject(failure);
      settle = { resolve, reject };
      worker.postMessage(message, [...transfer]);
    });
  return {
    async take(block) {
      const answer = await ask({ kind: 'block', block }, [block.bytes.buffer]);
      if (answer.kind !== 'done') throw new Error('a replay worker ended in the middle of a block');
      return answer.memory;
    },
    async finish() {
      const answer = await ask({ kind: 'finish' });
      await worker.terminate();
      if (answer.kind !== 'tally') throw new Error('a replay worker ended without its tally');
      return answer.tally;
    },
    async stop() {
      await worker.terminate();
    },
  };
}

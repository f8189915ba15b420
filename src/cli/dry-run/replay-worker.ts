import { parentPort, workerData } from 'node:worker_threads';
import { loadCatalog } from '#catalog';
import { type BlockToReplay, createReplayer, replayBlock } from '#replay';
import { compilePlan, type ReplayPlan } from './replay-plan.ts';

/** What a worker is told: a block to replay, or that there is none left. */
export type ToWorker = { readonly kind: 'block'; readonly block: BlockToReplay } | { readonly kind: 'finish' };

const plan = workerData as ReplayPlan;
const compiled = compilePlan(plan, loadCatalog());
if (compiled === null || parentPort === null)
  throw new Error('a replay worker was started without a plan that compiles');
const replayer = createReplayer(compiled.sides);
const port = parentPort;

port.on('message', (message: ToWorker) => {
  if (message.kind === 'finish') {
    port.postMessage({ kind: 'tally', tally: replayer.tally });
    port.close();
    return;
  }
  replayBlock(replayer, message.block, plan.shard);
  const memory = message.block.bytes.buffer;
  port.postMessage({ kind: 'done', memory }, [memory]);
});

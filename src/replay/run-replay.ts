import { basename } from 'node:path';
import { mergeTallies } from './merge-tallies.ts';
import { type RecordBlock, readBlocks } from './record-blocks.ts';
import { type BlockToReplay, countLines, replayBlock, type Shard } from './replay-block.ts';
import type { Replayer } from './replayer.ts';
import type { Tally } from './tally.ts';

/** Something that replays blocks: this process, or a worker beside it. */
export interface BlockTaker {
  /** Resolves when the block is done and the next may come, with the block's memory. */
  readonly take: (block: BlockToReplay) => Promise<ArrayBuffer>;
  /** Ends it and gives its tally. */
  readonly finish: () => Promise<Tally>;
  /** Ends it in the middle of its work. */
  readonly stop: () => Promise<void>;
}

/** How far a replay is. */
export interface ReplayProgress {
  /** Bytes of the recordings replayed so far, as they lie on disk. */
  readonly readBytes: number;
  readonly lines: number;
}

/** Replays recordings over several takers, which end with it; the tally does not depend on which takes what. Effects: reads the files; throws `UnreadableRecording`. */
export async function runReplay(
  paths: readonly string[],
  takers: readonly BlockTaker[],
  onProgress: (progress: ReplayProgress) => void = () => undefined,
): Promise<Tally> {
  try {
    await takeAll(paths, takers, onProgress);
    return mergeTallies(await Promise.all(takers.map((taker) => taker.finish())));
  } catch (error) {
    await Promise.all(takers.map((taker) => taker.stop()));
    throw error;
  }
}

async function takeAll(
  paths: readonly string[],
  takers: readonly BlockTaker[],
  onProgress: (progress: ReplayProgress) => void,
): Promise<void> {
  const idle = [...takers];
  const busy = new Set<Promise<void>>();
  const spare: ArrayBuffer[] = [];
  let readBytes = 0;
  let lines = 0;
  for (const [file, path] of paths.entries()) {
    let firstLine = 0;
    let before = 0;
    for await (const block of readBlocks(path, file, spare)) {
      const held = countLines(block.bytes);
      const bytes = block.readBytes - before;
      const taker = await nextIdle(idle, busy);
      hand(taker, toReplay(block, firstLine, basename(path)), { idle, busy, spare }, () => {
        readBytes += bytes;
        lines += held;
        onProgress({ readBytes, lines });
      });
      firstLine += held;
      before = block.readBytes;
    }
  }
  await Promise.all(busy);
}

/** A taker in this process. */
export function takeHere(replayer: Replayer, shard: Shard): BlockTaker {
  return {
    async take(block) {
      replayBlock(replayer, block, shard);
      return block.bytes.buffer;
    },
    finish: async () => replayer.tally,
    stop: async () => undefined,
  };
}

function toReplay({ bytes, isLast }: RecordBlock, firstLine: number, name: string): BlockToReplay {
  return { bytes, isLast, firstLine, name };
}

async function nextIdle(idle: BlockTaker[], busy: ReadonlySet<Promise<void>>): Promise<BlockTaker> {
  for (;;) {
    const taker = idle.shift();
    if (taker !== undefined) return taker;
    await Promise.race(busy);
  }
}

/** Takers, and what is on its way between them. */
interface Takers {
  readonly idle: BlockTaker[];
  readonly busy: Set<Promise<void>>;
  readonly spare: ArrayBuffer[];
}

function hand(taker: BlockTaker, block: BlockToReplay, { idle, busy, spare }: Takers, onDone: () => void): void {
  const work = taker.take(block).then((memory) => {
    busy.delete(work);
    idle.push(taker);
    spare.push(memory);
    onDone();
  });
  busy.add(work);
}

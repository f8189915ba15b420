import { basename } from 'node:path';
import type { TrafficRecord } from '#decision-log';
import type { Snapshot } from '#snapshot';
import { judgeRequest } from './decide-record.ts';
import { createQuickLines } from './quick-line.ts';
import { readBlocks } from './record-blocks.ts';
import { shapeOf } from './record-shape.ts';
import { recordTime } from './record-time.ts';
import { inputOf, type ReplayInput } from './recorded-input.ts';
import { countLines, replayBlock } from './replay-block.ts';
import { admitRecord } from './replayer.ts';
import { createSide, createSideShape, type SideShape } from './side.ts';
import { createTally, type Tally } from './tally.ts';

/** How fast one revision decides about recorded requests; times of the processor, in one thread. */
export interface DecisionSpeed {
  /** Records read and decided as a dry-run does: what it knows of a shape of request it does not decide anew. */
  readonly records: number;
  /** Left out: of other environments, and lines that are no records. */
  readonly otherEnvironment: number;
  readonly badLines: number;
  /** How often they were, each time from the beginning: a short recording is measured for half a second. */
  readonly passes: number;
  readonly cpuSeconds: number;
  readonly perCoreSecond: number;
  /** Requests decided each by itself, as a gateway does, without the reading; microseconds by the wall clock. */
  readonly single: { readonly requests: number; readonly medianUs: number; readonly p99Us: number };
}

const WARM_UP_RECORDS = 20_000;
const WARM_UP_MS = 1000;
const LEAST_SECONDS = 0.5;
const SINGLE_REQUESTS = 50_000;
const MAX_SHAPES = 20_000;
const WHOLE = { index: 0, of: 1 };

/**
 * Measures it over recordings: some thousand records first, for the code to be compiled, then all of them for the rate, then the first fifty thousand one by one. Null when no record is of
 * the environment. Effects: reads the files, uses a core. Throws `UnreadableRecording`.
 */
export async function measureDecisions(
  snapshot: Snapshot,
  paths: readonly string[],
  environment: string,
): Promise<{ readonly speed: DecisionSpeed | null; readonly tally: Tally }> {
  const decideAll = (most?: number) => pass(paths, environment, judgeByShape(snapshot), most);
  await warmUp(decideAll);
  const before = process.cpuUsage();
  let passes = 0;
  let cpuSeconds = 0;
  let tally: Tally;
  do {
    tally = await decideAll();
    passes += 1;
    const { user, system } = process.cpuUsage(before);
    cpuSeconds = (user + system) / 1e6;
  } while (tally.counts.records > 0 && cpuSeconds < LEAST_SECONDS);
  const { records, otherEnvironment, cut, invalid } = tally.counts;
  if (records === 0) return { speed: null, tally };
  const durations = await singleDurations(snapshot, paths, environment, Math.min(records, SINGLE_REQUESTS));
  return {
    speed: {
      ...{ records, otherEnvironment, badLines: cut + invalid, passes, cpuSeconds },
      perCoreSecond: Math.round((records * passes) / cpuSeconds),
      single: { requests: durations.length, medianUs: quantile(durations, 0.5), p99Us: quantile(durations, 0.99) },
    },
    tally,
  };
}

/** Has code compiled as it is in a process that has run for a while: a short recording is read several times, for a second at most. */
async function warmUp(decideSome: (most: number) => Promise<Tally>): Promise<void> {
  const endMs = performance.now() + WARM_UP_MS;
  for (let done = 0; done < WARM_UP_RECORDS && performance.now() < endMs; ) {
    const { records } = (await decideSome(WARM_UP_RECORDS)).counts;
    if (records === 0) return;
    done += records;
  }
}

type Take = (input: ReplayInput, shape: string) => void;

/** Reads recordings as a dry-run does, up to about `most` records. */
async function pass(
  paths: readonly string[],
  environment: string,
  take: Take,
  most = Number.POSITIVE_INFINITY,
): Promise<Tally> {
  const tally = createTally();
  const add = (record: TrafficRecord, shape: string = shapeOf(record)): void => {
    const nowMs = recordTime(record);
    if (admitRecord(tally, record, nowMs, environment)) take(inputOf(record, nowMs), shape);
  };
  const replayer = { add, tally, quickLines: createQuickLines() };
  for (const [file, path] of paths.entries()) {
    let firstLine = 0;
    const spare: ArrayBuffer[] = [];
    for await (const { bytes, isLast } of readBlocks(path, file, spare)) {
      replayBlock(replayer, { bytes, isLast, firstLine, name: basename(path) }, WHOLE);
      firstLine += countLines(bytes);
      spare.push(bytes.buffer);
      if (tally.counts.records >= most) return tally;
    }
  }
  return tally;
}

function judgeByShape(snapshot: Snapshot): Take {
  const side = createSide(snapshot);
  const shapes = new Map<string, SideShape>();
  return (input, shape) => {
    let known = shapes.get(shape);
    if (known === undefined) {
      // Memory stays flat whatever a recording holds.
      if (shapes.size >= MAX_SHAPES) shapes.clear();
      known = createSideShape();
      shapes.set(shape, known);
    }
    side.judge(input, known);
  };
}

/** Microseconds of each decision, in order of size. */
async function singleDurations(
  snapshot: Snapshot,
  paths: readonly string[],
  environment: string,
  most: number,
): Promise<Float64Array> {
  const durations = new Float64Array(most);
  let count = 0;
  const decide: Take = (input) => {
    if (count >= most) return;
    const request = input.request();
    const facts = input.facts();
    const startedMs = performance.now();
    judgeRequest(snapshot, request, facts);
    durations[count] = (performance.now() - startedMs) * 1000;
    count += 1;
  };
  await warmUp((some) => {
    count = 0;
    return pass(paths, environment, decide, some);
  });
  count = 0;
  await pass(paths, environment, decide, most);
  return durations.subarray(0, count).sort();
}

function quantile(sorted: Float64Array, share: number): number {
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round((sorted[at] ?? 0) * 100) / 100;
}

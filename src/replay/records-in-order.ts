import { basename } from 'node:path';
import { compareText } from '#core';
import type { TrafficRecord } from '#decision-log';
import { createMinHeap } from './min-heap.ts';
import { parseLine } from './parse-line.ts';
import { readBlocks } from './record-blocks.ts';
import type { Tally } from './tally.ts';

/** How many records are held back to be put in order: gateways write a record when its request ends, not when it begins. */
const HELD_BACK = 50_000;

const NEWLINE = 10;

interface Waiting {
  readonly atMs: number;
  readonly id: string;
  readonly text: string;
}

/** A sorted run of one recording. */
interface Run {
  readonly lines: AsyncGenerator<Waiting>;
  readonly next: Waiting;
}

/** Records of several recordings in the order of their clocks, in constant memory; what is no record goes into the tally. Effect: reads the files. */
export async function* recordsInOrder(
  paths: readonly string[],
  tally: Tally,
  onProgress: (readBytes: number) => void = () => undefined,
): AsyncGenerator<TrafficRecord> {
  const held = Math.max(1000, Math.floor(HELD_BACK / Math.max(1, paths.length)));
  const runs = createMinHeap<Run>((a, b) => compareWaiting(a.next, b.next));
  const read = paths.map(() => 0);
  const report = (file: number, bytes: number): void => {
    read[file] = bytes;
    onProgress(read.reduce((sum, each) => sum + each, 0));
  };
  for (const [file, path] of paths.entries()) await advance(runs, inOrder(path, file, held, tally, report));
  for (let run = runs.pop(); run !== undefined; run = runs.pop()) {
    const parsed = parseLine(run.next.text, false);
    if (parsed.kind === 'record') yield parsed.record;
    await advance(runs, run.lines);
  }
}

async function advance(runs: ReturnType<typeof createMinHeap<Run>>, lines: AsyncGenerator<Waiting>): Promise<void> {
  const { value, done } = await lines.next();
  if (done !== true) runs.push({ lines, next: value });
}

async function* inOrder(
  path: string,
  file: number,
  held: number,
  tally: Tally,
  report: (file: number, bytes: number) => void,
): AsyncGenerator<Waiting> {
  const waiting = createMinHeap<Waiting>(compareWaiting);
  let line = 0;
  for await (const { bytes, isLast, readBytes } of readBlocks(path, file)) {
    report(file, readBytes);
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let start = 0; start < buffer.length; ) {
      const found = buffer.indexOf(NEWLINE, start);
      const end = found < 0 ? buffer.length : found;
      line += 1;
      const kept = keep(buffer.toString('utf8', start, end), found < 0 && isLast, tally, basename(path), line);
      start = end + 1;
      if (kept === null) continue;
      waiting.push(kept);
      const first = waiting.size() > held ? waiting.pop() : undefined;
      if (first !== undefined) yield first;
    }
  }
  for (let first = waiting.pop(); first !== undefined; first = waiting.pop()) yield first;
}

function keep(text: string, isOpen: boolean, { counts, problems }: Tally, name: string, line: number): Waiting | null {
  if (text.trim() === '') return null;
  const parsed = parseLine(text, isOpen);
  if (parsed.kind === 'record') {
    const { record } = parsed;
    return { atMs: record.facts?.nowMs ?? Date.parse(record.at), id: record.id, text };
  }
  if (parsed.kind === 'cut') counts.cut += 1;
  else counts.invalid += 1;
  if (problems.length < 1000) problems.push({ file: name, line, message: parsed.message });
  return null;
}

function compareWaiting(a: Waiting, b: Waiting): number {
  return a.atMs - b.atMs || compareText(a.id, b.id) || compareText(a.text, b.text);
}

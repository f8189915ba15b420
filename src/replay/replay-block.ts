import { isAscii } from 'node:buffer';
import { parseLine } from './parse-line.ts';
import type { Replayer } from './replayer.ts';
import { MAX_PROBLEMS } from './tally.ts';

/** What a worker is given. */
export interface BlockToReplay {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isLast: boolean;
  /** Number of the block's first line, from 0. */
  readonly firstLine: number;
  /** Name of the recording in problems. */
  readonly name: string;
}

/** Which lines of a recording a process is to replay: those whose number leaves this rest. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

const NEWLINE = 10;

/** What replays the lines of blocks. */
export type BlockReplayer = Pick<Replayer, 'add' | 'tally' | 'quickLines'>;

/** Replays every line of a block that belongs to the shard; blank lines are none. */
export function replayBlock(replayer: BlockReplayer, block: BlockToReplay, shard: Shard): void {
  const buffer = Buffer.from(block.bytes.buffer, block.bytes.byteOffset, block.bytes.byteLength);
  // The same letters, sooner: most recordings hold no other.
  const encoding = isAscii(buffer) ? 'latin1' : 'utf8';
  let line = block.firstLine;
  // Lines are decoded one by one: as slices of one large text they are read a third slower (measured on Node 26).
  for (let start = 0; start < buffer.length; ) {
    const found = buffer.indexOf(NEWLINE, start);
    const end = found < 0 ? buffer.length : found;
    if (shard.of === 1 || line % shard.of === shard.index) {
      replayLine(replayer, buffer.toString(encoding, start, end), line, found < 0 && block.isLast, block.name);
    }
    line += 1;
    start = end + 1;
  }
}

function replayLine(
  { add, tally, quickLines }: BlockReplayer,
  text: string,
  line: number,
  isOpen: boolean,
  name: string,
): void {
  const quick = quickLines.read(text);
  if (quick !== null) {
    add(quick.record, quick.shape);
    return;
  }
  if (text.trim() === '') return;
  const parsed = parseLine(text, isOpen);
  if (parsed.kind === 'record') {
    add(parsed.record);
    return;
  }
  if (parsed.kind === 'cut') tally.counts.cut += 1;
  else tally.counts.invalid += 1;
  tally.problems.push({ file: name, line: line + 1, message: parsed.message });
  // The smallest line numbers are kept, whatever order blocks come in; a file of rubbish must not fill the memory.
  if (tally.problems.length > 50 * MAX_PROBLEMS) trim(tally.problems);
}

function trim(problems: Replayer['tally']['problems']): void {
  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
  problems.length = MAX_PROBLEMS;
}

/** How many lines a block holds. Pure. */
export function countLines(bytes: Uint8Array): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let lines = 0;
  for (let at = buffer.indexOf(NEWLINE); at >= 0; at = buffer.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

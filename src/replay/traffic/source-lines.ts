import type { RecordBlock } from '../record-blocks.ts';

/** A line that is not blank, with its number from 1. */
export interface SourceLine {
  readonly text: string;
  readonly line: number;
}

const NEWLINE = 10;
const MOST_WHOLE_BYTES = 256 * 1024 * 1024;

/**
 * The lines of a file. With `mayBeWhole` a file whose first line is no JSON of its own (`{` of a document on many lines) is given as one text, as long as it
 * fits into memory. Effect: reads what the blocks read.
 */
export async function* linesOf(blocks: AsyncIterable<RecordBlock>, mayBeWhole = false): AsyncGenerator<SourceLine> {
  let line = 0;
  let whole: string[] | null = null;
  let wholeBytes = 0;
  for await (const { bytes } of blocks) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let start = 0; start < buffer.length; ) {
      const found = buffer.indexOf(NEWLINE, start);
      const end = found < 0 ? buffer.length : found;
      const text = buffer.toString('utf8', start, end);
      start = end + 1;
      line += 1;
      if (line === 1 && mayBeWhole && !isJson(text)) whole = [];
      if (whole === null) {
        if (text.trim() !== '') yield { text, line };
        continue;
      }
      wholeBytes += text.length;
      if (wholeBytes <= MOST_WHOLE_BYTES) whole.push(text);
    }
  }
  if (whole !== null) yield { text: whole.join('\n'), line: 1 };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

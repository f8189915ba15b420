/** Lines that wait to be written, as bytes outside the heap: thousands of texts that live for a second are what a garbage collector likes least. */
export interface LineQueue {
  readonly lines: () => number;
  readonly bytes: () => number;
  /** Appends a line; its end is added. */
  readonly push: (line: string, sizeBytes: number) => void;
  /** The oldest lines that stand together and have room in so many bytes, at least one where `isFirst`; null when there are none or the next is too long. */
  readonly head: (roomBytes: number, isFirst: boolean) => Head | null;
  /** Lets go of what `head` gave, once it is kept: its bytes are written over. */
  readonly drop: (head: Head) => void;
  /** What waits, as texts without their ends. */
  readonly texts: () => readonly string[];
  readonly clear: () => void;
}

/** Some lines, and how many they are. */
export interface Head {
  readonly bytes: Uint8Array;
  readonly count: number;
}

interface Block {
  readonly bytes: Buffer;
  /** Where each line ends. */
  readonly ends: number[];
  /** Lines that are gone already. */
  gone: number;
}

const BLOCK_BYTES = 256 * 1024;
/** As many as are written at once when much comes. */
const MAX_SPARES = 5;
const LINE_END = 0x0a;

/** Makes an empty queue; bounds are the caller's. */
export function createLineQueue(): LineQueue {
  let blocks: Block[] = [];
  // Blocks that were emptied: the next ones stand in their place, as fresh memory has its price.
  const spares: Buffer[] = [];
  let lines = 0;
  let bytes = 0;

  return {
    lines: () => lines,
    bytes: () => bytes,
    push(line, sizeBytes) {
      let block = blocks.at(-1);
      if (block === undefined || endOf(block) + sizeBytes > block.bytes.length) {
        const room = sizeBytes <= BLOCK_BYTES ? spares.pop() : undefined;
        block = { bytes: room ?? Buffer.allocUnsafeSlow(Math.max(BLOCK_BYTES, sizeBytes)), ends: [], gone: 0 };
        blocks.push(block);
      }
      const start = endOf(block);
      block.bytes.write(line, start);
      block.bytes[start + sizeBytes - 1] = LINE_END;
      block.ends.push(start + sizeBytes);
      lines += 1;
      bytes += sizeBytes;
    },
    head(roomBytes, isFirst) {
      const [block] = blocks;
      if (block === undefined) return null;
      const { ends, gone } = block;
      const start = startOf(block);
      let count = 0;
      while (
        gone + count < ends.length &&
        ((ends[gone + count] ?? 0) - start <= roomBytes || (isFirst && count === 0))
      ) {
        count += 1;
      }
      return count === 0 ? null : { bytes: block.bytes.subarray(start, ends[gone + count - 1]), count };
    },
    drop(head) {
      const [block] = blocks;
      if (block === undefined) return;
      block.gone += head.count;
      lines -= head.count;
      bytes -= head.bytes.length;
      if (block.gone < block.ends.length) return;
      blocks.shift();
      if (block.bytes.length === BLOCK_BYTES && spares.length < MAX_SPARES) spares.push(block.bytes);
    },
    texts: () =>
      blocks.flatMap((block) => {
        const text = block.bytes.toString('utf8', startOf(block), endOf(block));
        return text.split('\n').slice(0, -1);
      }),
    clear() {
      blocks = [];
      lines = 0;
      bytes = 0;
    },
  };
}

function startOf({ ends, gone }: Block): number {
  return gone === 0 ? 0 : (ends[gone - 1] ?? 0);
}

function endOf({ ends }: Block): number {
  return ends.at(-1) ?? 0;
}

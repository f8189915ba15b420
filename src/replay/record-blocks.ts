import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A piece of a recording that ends at the end of a line, except perhaps the last piece. */
export interface RecordBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Position of the recording among those read. */
  readonly file: number;
  /** Position of the block in its recording, from 0. */
  readonly index: number;
  readonly isLast: boolean;
  /** Bytes of the file on disk read so far, for progress. */
  readonly readBytes: number;
}

/** A recording that cannot be read at all. */
export class UnreadableRecording extends Error {
  override readonly name = 'UnreadableRecording';
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(`${path} cannot be read: ${reasonOf(cause)}`, { cause });
    this.path = path;
  }
}

const BLOCK_BYTES = 1024 * 1024;
/** A block has room for the rest of a line before what is read. */
const READ_BYTES = BLOCK_BYTES - 64 * 1024;
const NEWLINE = 10;
const GZIP_MAGIC = [0x1f, 0x8b];

/**
 * Reads a recording, packed or not (told by its first bytes, not its name), in blocks of whole lines and in constant memory: a line longer than a block makes
 * that block longer. A packed file that ends too early gives what can be unpacked. Throws `UnreadableRecording`. Effect: reads the file.
 *
 * @param spare memory of blocks that are done with, to be used again: fresh memory costs the system as much time as reading into it
 */
export async function* readBlocks(path: string, file: number, spare: ArrayBuffer[] = []): AsyncGenerator<RecordBlock> {
  try {
    yield* (await startsPacked(path)) ? readPacked(path, file, spare) : readPlain(path, file, spare);
  } catch (error) {
    throw error instanceof UnreadableRecording ? error : new UnreadableRecording(path, error);
  }
}

/** Straight into the blocks that are handed on: the rest of a line is all that is copied. */
async function* readPlain(path: string, file: number, spare: ArrayBuffer[]): AsyncGenerator<RecordBlock> {
  const handle = await open(path, 'r');
  try {
    let rest: Uint8Array = new Uint8Array(0);
    let readBytes = 0;
    for (let index = 0; ; ) {
      const buffer = memoryFor(rest.length + READ_BYTES, spare);
      buffer.set(rest);
      const { bytesRead } = await handle.read(buffer, rest.length, READ_BYTES);
      readBytes += bytesRead;
      const held = buffer.subarray(0, rest.length + bytesRead);
      if (bytesRead === 0) {
        yield { bytes: held, file, index, isLast: true, readBytes };
        return;
      }
      const end = held.lastIndexOf(NEWLINE) + 1;
      // A copy: a worker takes the memory of its block along.
      rest = Uint8Array.from(held.subarray(end));
      if (end === 0) continue;
      yield { bytes: held.subarray(0, end), file, index, isLast: false, readBytes };
      index += 1;
    }
  } finally {
    await handle.close();
  }
}

function memoryFor(bytes: number, spare: ArrayBuffer[]): Buffer<ArrayBuffer> {
  const used = spare.pop();
  if (used !== undefined && used.byteLength >= bytes) return Buffer.from(used);
  return Buffer.allocUnsafeSlow(Math.max(bytes, BLOCK_BYTES));
}

async function* readPacked(path: string, file: number, spare: ArrayBuffer[]): AsyncGenerator<RecordBlock> {
  const source = createReadStream(path, { highWaterMark: 1024 * 1024 });
  const input: Readable = source.pipe(createGunzip({ chunkSize: 1024 * 1024 }));
  source.on('error', (error) => input.destroy(error));
  let parts: Buffer[] = [];
  let size = 0;
  let index = 0;
  try {
    for await (const chunk of untilCut(input)) {
      parts.push(chunk);
      size += chunk.length;
      const end = size < BLOCK_BYTES ? -1 : chunk.lastIndexOf(NEWLINE);
      if (end < 0) continue;
      const rest = chunk.subarray(end + 1);
      parts[parts.length - 1] = chunk.subarray(0, end + 1);
      yield { bytes: joined(parts, spare), file, index, isLast: false, readBytes: source.bytesRead };
      index += 1;
      parts = rest.length > 0 ? [rest] : [];
      size = rest.length;
    }
    yield { bytes: joined(parts, spare), file, index, isLast: true, readBytes: source.bytesRead };
  } finally {
    source.destroy();
  }
}

async function* untilCut(input: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of input) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
  }
}

async function startsPacked(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(2), 0, 2, 0);
      return bytesRead === 2 && GZIP_MAGIC.every((byte, at) => buffer[at] === byte);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UnreadableRecording(path, error);
  }
}

/** A copy of its own, so that it can be handed to a worker. */
function joined(parts: readonly Buffer[], spare: ArrayBuffer[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = memoryFor(size, spare).subarray(0, size);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a folder';
  if (code?.startsWith('Z_')) return `it is not valid gzip (${message})`;
  return message;
}

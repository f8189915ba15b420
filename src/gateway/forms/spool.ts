import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes that were received and may be read several times: the first in memory, the rest in a file that nobody else can open. */
export interface Spool {
  readonly write: (bytes: Buffer) => Promise<void>;
  readonly sizeBytes: () => number;
  /** The bytes from one offset up to another, in pieces. */
  readonly read: (from: number, to: number) => AsyncIterable<Buffer>;
  /** Forgets them. */
  readonly close: () => Promise<void>;
}

const IN_MEMORY_BYTES = 256 * 1024;
const PIECE_BYTES = 64 * 1024;

/** Creates an empty one. Effects: beyond 256 KiB a file in the system's temporary directory, removed by name as soon as it is open. */
export function createSpool(): Spool {
  const pieces: Buffer[] = [];
  let inMemory = 0;
  let inFile = 0;
  let file: FileHandle | null = null;
  let path: string | null = null;

  async function write(bytes: Buffer): Promise<void> {
    if (file === null && inMemory + bytes.length <= IN_MEMORY_BYTES) {
      pieces.push(bytes);
      inMemory += bytes.length;
      return;
    }
    if (file === null) {
      path = join(tmpdir(), `signalbox-${randomBytes(12).toString('hex')}`);
      file = await open(path, 'wx+', 0o600);
      // Where the system allows it the name goes at once, so that a killed process leaves nothing behind.
      await unlink(path).then(
        () => {
          path = null;
        },
        () => undefined,
      );
    }
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written, inFile);
      written += bytesWritten;
      inFile += bytesWritten;
    }
  }

  async function* read(from: number, to: number): AsyncIterable<Buffer> {
    let at = 0;
    for (const piece of pieces) {
      const part = piece.subarray(Math.max(0, from - at), Math.max(0, to - at));
      if (part.length > 0) yield part;
      at += piece.length;
    }
    for (let place = Math.max(from, inMemory); place < to && file !== null; ) {
      const wanted = Math.min(PIECE_BYTES, to - place);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, place - inMemory);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      place += bytesRead;
    }
  }

  async function close(): Promise<void> {
    pieces.length = 0;
    await file?.close();
    file = null;
    if (path !== null) await unlink(path).catch(() => undefined);
  }

  return { write, sizeBytes: () => inMemory + inFile, read, close };
}

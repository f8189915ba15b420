import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Some lines of a recording, in order. */
export interface LineBatch {
  /** Number of the first one, from 1. */
  readonly firstLine: number;
  /** Without their ends. */
  readonly lines: readonly string[];
  /** `open`: the last line has no end, though it may be whole; `cut`: the packed file ends in its middle. Null before the end and after a proper one. */
  readonly ending: 'open' | 'cut' | null;
}

const CHUNK_BYTES = 256 * 1024;
/** No record comes near; of a longer line only the beginning is kept, so that a file without line ends cannot fill the memory. */
const MAX_LINE_CHARS = 8 * 1024 * 1024;

/**
 * The lines of a recording, packed (told by its first bytes) or not, in constant memory. A file that has just been packed is found under its new
 * name. Only `\n` ends a line: JSON may hold U+2028. Rejects when the file cannot be read. Effect: reads the file.
 */
export async function* readLineBatches(path: string): AsyncGenerator<LineBatch> {
  const file = await openRecording(path);
  let firstLine = 1;
  let rest = '';
  let isCut = false;
  try {
    for await (const chunk of await textOf(file)) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_CHARS) rest = rest.slice(0, MAX_LINE_CHARS);
      if (lines.length === 0) continue;
      yield { firstLine, lines, ending: null };
      firstLine += lines.length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
    isCut = true;
  } finally {
    await file.close();
  }
  if (isCut || rest !== '') yield { firstLine, lines: [rest], ending: isCut ? 'cut' : 'open' };
}

async function openRecording(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || path.endsWith('.gz')) throw error;
    return await open(`${path}.gz`).catch(() => {
      throw error;
    });
  }
}

async function textOf(file: FileHandle): Promise<Readable> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
  const isPacked = bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  const bytes = file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES });
  if (!isPacked) return bytes.setEncoding('utf8');
  const unpacked = bytes.pipe(createGunzip({ chunkSize: CHUNK_BYTES })).setEncoding('utf8');
  bytes.on('error', (error) => unpacked.destroy(error));
  // A reader who has seen enough destroys what it reads from, which does not reach the source of a pipe.
  unpacked.on('close', () => bytes.destroy());
  return unpacked;
}

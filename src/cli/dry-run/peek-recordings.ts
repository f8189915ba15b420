import { asString, isObject, parseJson } from '#core';
import { readBlocks } from '#replay';

/** What the first records of recordings say of those who made them. */
export interface Peeked {
  readonly environment: string | null;
  readonly digests: readonly string[];
}

const LINES = 2000;

/** Reads the first block of every recording. Throws `UnreadableRecording`, before any time goes into compiling. */
export async function peekRecordings(paths: readonly string[]): Promise<Peeked> {
  const digests = new Set<string>();
  let environment: string | null = null;
  for (const [file, path] of paths.entries()) {
    for await (const { bytes } of readBlocks(path, file)) {
      for (const line of firstLines(bytes)) {
        const record = parseJson(line);
        if (!isObject(record)) continue;
        environment ??= asString(record.environment) ?? null;
        const digest = asString(record.digest);
        if (digest !== undefined) digests.add(digest);
      }
      break;
    }
  }
  return { environment, digests: [...digests].sort() };
}

function firstLines(bytes: Uint8Array): readonly string[] {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').split('\n', LINES);
}

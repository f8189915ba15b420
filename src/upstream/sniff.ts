/** What a body is by its first bytes, whatever its content type says: providers and proxies mislabel both ways. */
export type BodyKind = 'json' | 'sse' | 'html' | 'unknown' | 'undecided';

const FIELDS: readonly string[] = Object.freeze(['data', 'event', 'id', 'retry']);
/** Some providers send them to keep a connection, as many as it takes. */
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const decoder = new TextDecoder();

/** Looks at the first bytes; `undecided` while there are too few of them. Pure. */
export function sniffBody(bytes: Uint8Array): BodyKind {
  const begins = bytes.findIndex((byte) => !BLANKS.has(byte));
  if (begins < 0) return 'undecided';
  const text = decoder.decode(bytes.subarray(begins, begins + 256)).trimStart();
  if (text === '') return 'undecided';
  const first = text[0] ?? '';
  if (first === '{' || first === '[') return 'json';
  if (first === '<') return 'html';
  if (first === ':') return 'sse';
  for (const field of FIELDS) {
    if (text.startsWith(`${field}:`)) return 'sse';
    if (`${field}:`.startsWith(text)) return 'undecided';
  }
  return 'unknown';
}

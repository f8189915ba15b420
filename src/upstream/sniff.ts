/** What a body is by its first bytes, whatever its content type says: providers and proxies mislabel both ways. */
export type BodyKind = 'json' | 'sse' | 'html' | 'unknown' | 'undecided';

const FIELDS: readonly string[] = Object.freeze(['data', 'event', 'id', 'retry']);
const decoder = new TextDecoder();

/** Looks at the first bytes; `undecided` while there are too few of them. Pure. */
export function sniffBody(bytes: Uint8Array): BodyKind {
  const text = decoder.decode(bytes.subarray(0, 256)).trimStart();
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

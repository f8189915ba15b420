/** The longest-lived prompt cache that a body can ask for. */
export type CacheWrites = 'none' | '5m' | '1h';

const MARKERS = ['cache_control', 'cachePoint'] as const;
const ESCAPED_ASCII = /\\u00[2-7]/;

/**
 * What the bytes of a body can ask a provider to write to its prompt cache: Anthropic writes none but what is marked (docs.claude.com, prompt caching, 2026-11), and
 * charges five minutes at 1.25 times the input, an hour at twice. Looks for the words anywhere, in texts too, and takes ASCII behind an escape for any of them, so that it errs
 * only towards the dearer one. Pure.
 */
export function cacheWritesIn(bytes: Uint8Array): CacheWrites {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (body.includes('\\u00') && ESCAPED_ASCII.test(body.toString('latin1'))) return '1h';
  if (!MARKERS.some((marker) => body.includes(marker))) return 'none';
  return body.includes('1h') ? '1h' : '5m';
}

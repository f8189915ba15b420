/** Cuts bytes at the given offsets (in any order; those outside are ignored); the pieces are copies, as reads from a socket are. */
export function cutBytes(bytes: Uint8Array, offsets: readonly number[]): Uint8Array[] {
  const inside = [...new Set(offsets)].filter((offset) => offset > 0 && offset < bytes.length).sort((a, b) => a - b);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(1).map((end, at) => bytes.slice(edges[at], end));
}

/** Offsets to cut at, from a seed: about one for every `meanBytes`. The same seed gives the same offsets. */
export function randomCuts(length: number, seed: number, meanBytes = 97): number[] {
  const offsets: number[] = [];
  let state = (seed | 0) + 0x6d2b79f5;
  let at = 0;
  for (;;) {
    // mulberry32: small, seeded, good enough to spread cuts.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    at += 1 + (((mixed ^ (mixed >>> 14)) >>> 0) % (2 * meanBytes));
    if (at >= length) return offsets;
    offsets.push(at);
  }
}

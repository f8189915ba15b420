/** Something like what was asked for. */
export interface Similar<T> {
  readonly item: T;
  /** Cosine, up to 1. */
  readonly similarity: number;
}

/** Vectors by scope: a search never leaves its scope. */
export interface VectorIndex<T> {
  /** Keeps an item under its key, in place of the one of the same key. A vector of another length than its scope's is left out. */
  readonly put: (scope: string, key: string, vector: Float32Array, item: T) => void;
  readonly remove: (key: string) => void;
  /** The most similar items at or above the threshold, best first. */
  readonly search: (scope: string, vector: Float32Array, threshold: number, limit: number) => readonly Similar<T>[];
  /** Where a key is kept; null where it is not. */
  readonly scopeOf: (key: string) => string | null;
  /** All that is kept, the oldest first. */
  readonly entries: () => Iterable<{ readonly scope: string; readonly key: string; readonly item: T }>;
  readonly size: () => number;
}

interface Scope<T> {
  readonly dimensions: number;
  readonly keys: string[];
  readonly items: T[];
  count: number;
  /** Signatures, WORDS a vector. */
  signs: Uint32Array;
  codes: Int8Array;
  scales: Float32Array;
}

const WORDS = 8;
const BITS = 32 * WORDS;
const FIRST_BITS = 64;
// Deviations beyond the expected distance: at five, less than one hit in a million is passed over.
const DEVIATIONS = 5;

/**
 * Creates an index that holds at most `maxItems`, the oldest leaving first. Exact but for one hit in a million: 256 signs of random projections tell with certainty enough what cannot
 * reach the threshold (Charikar 2002: two vectors differ in a sign with probability angle / pi), and only the rest is multiplied out, from one byte a dimension. Pure:
 * the projections are drawn from a fixed seed.
 */
export function createVectorIndex<T>(maxItems: number): VectorIndex<T> {
  const scopes = new Map<string, Scope<T>>();
  const places = new Map<string, { readonly scope: string; at: number }>();
  const planesOf = new Map<number, Float32Array>();

  function planes(dimensions: number): Float32Array {
    let known = planesOf.get(dimensions);
    if (known === undefined) {
      known = drawPlanes(dimensions);
      planesOf.set(dimensions, known);
    }
    return known;
  }

  function put(scope: string, key: string, vector: Float32Array, item: T): void {
    remove(key);
    let found = scopes.get(scope);
    if (found === undefined) {
      found = emptyScope(vector.length);
      scopes.set(scope, found);
    }
    if (found.dimensions !== vector.length || vector.length === 0) return;
    if (places.size >= maxItems) {
      const [oldest] = places.keys();
      if (oldest !== undefined) remove(oldest);
    }
    append(found, key, vector, item, signsOf(vector, planes(vector.length)));
    places.set(key, { scope, at: found.count - 1 });
  }

  function remove(key: string): void {
    const place = places.get(key);
    const scope = place === undefined ? undefined : scopes.get(place.scope);
    if (place === undefined || scope === undefined) return;
    places.delete(key);
    dropAt(scope, place.at);
    const moved = places.get(scope.keys[place.at] ?? '');
    if (moved !== undefined) moved.at = place.at;
    if (scope.count === 0) scopes.delete(place.scope);
  }

  function* entries() {
    for (const [key, { scope, at }] of places) {
      const item = scopes.get(scope)?.items[at];
      if (item !== undefined) yield { scope, key, item };
    }
  }

  return {
    put,
    remove,
    entries,
    search(name, vector, threshold, limit) {
      const scope = scopes.get(name);
      if (scope === undefined || scope.dimensions !== vector.length) return [];
      const query = normalised(vector);
      return searchScope(scope, query, signsOf(vector, planes(vector.length)), threshold, limit);
    },
    scopeOf: (key) => places.get(key)?.scope ?? null,
    size: () => places.size,
  };
}

function searchScope<T>(
  scope: Scope<T>,
  query: Float32Array,
  wanted: Uint32Array,
  threshold: number,
  limit: number,
): readonly Similar<T>[] {
  const { signs, count } = scope;
  const p = Math.acos(Math.min(1, threshold)) / Math.PI;
  const bound = (bits: number) => Math.ceil(bits * p + DEVIATIONS * Math.sqrt(bits * p * (1 - p))) + 1;
  const [firstBound, fullBound] = [bound(FIRST_BITS), bound(BITS)];
  const [w0 = 0, w1 = 0] = wanted;
  const best: Similar<T>[] = [];
  for (let at = 0, base = 0; at < count; at++, base += WORDS) {
    let distance = ones((signs[base] as number) ^ w0) + ones((signs[base + 1] as number) ^ w1);
    if (distance > firstBound) continue;
    for (let word = 2; word < WORDS; word++) {
      distance += ones((signs[base + word] as number) ^ (wanted[word] as number));
    }
    if (distance > fullBound) continue;
    const similarity = dot(scope, at, query);
    if (similarity < threshold) continue;
    const item = scope.items[at] as T;
    let place = best.length;
    while (place > 0 && (best[place - 1] as Similar<T>).similarity < similarity) place -= 1;
    if (place >= limit) continue;
    best.splice(place, 0, { item, similarity });
    if (best.length > limit) best.pop();
  }
  return best;
}

function dot({ codes, scales, dimensions }: Scope<unknown>, at: number, query: Float32Array): number {
  const base = at * dimensions;
  let a = 0;
  let b = 0;
  for (let i = 0; i + 1 < dimensions; i += 2) {
    a += (codes[base + i] as number) * (query[i] as number);
    b += (codes[base + i + 1] as number) * (query[i + 1] as number);
  }
  if (dimensions % 2 === 1) a += (codes[base + dimensions - 1] as number) * (query[dimensions - 1] as number);
  return Math.min(1, (a + b) * (scales[at] as number));
}

function append<T>(scope: Scope<T>, key: string, vector: Float32Array, item: T, signs: Uint32Array): void {
  const at = scope.count;
  const { dimensions } = scope;
  if (at === scope.scales.length) grow(scope);
  scope.signs.set(signs, at * WORDS);
  const unit = normalised(vector);
  let largest = 0;
  for (const value of unit) largest = Math.max(largest, Math.abs(value));
  const scale = largest === 0 ? 1 : largest / 127;
  let length = 0;
  for (let i = 0; i < dimensions; i++) {
    const code = Math.round((unit[i] as number) / scale);
    scope.codes[at * dimensions + i] = code;
    length += code * code;
  }
  // By the length of what is kept: rounding then changes a direction a little, and never a length.
  scope.scales[at] = length === 0 ? 0 : 1 / Math.sqrt(length);
  scope.keys[at] = key;
  scope.items[at] = item;
  scope.count += 1;
}

/** The last one takes the place of what goes. */
function dropAt(scope: Scope<unknown>, at: number): void {
  const last = scope.count - 1;
  const { dimensions } = scope;
  scope.signs.copyWithin(at * WORDS, last * WORDS, (last + 1) * WORDS);
  scope.codes.copyWithin(at * dimensions, last * dimensions, (last + 1) * dimensions);
  scope.scales[at] = scope.scales[last] as number;
  scope.keys[at] = scope.keys[last] as string;
  scope.items[at] = scope.items[last];
  scope.keys.pop();
  scope.items.pop();
  scope.count = last;
}

function emptyScope<T>(dimensions: number): Scope<T> {
  return {
    ...{ dimensions, keys: [], items: [], count: 0 },
    ...{ signs: new Uint32Array(0), codes: new Int8Array(0), scales: new Float32Array(0) },
  };
}

function grow(scope: Scope<unknown>): void {
  const room = Math.max(4, Math.ceil(scope.count * 1.5));
  const signs = new Uint32Array(room * WORDS);
  signs.set(scope.signs);
  const codes = new Int8Array(room * scope.dimensions);
  codes.set(scope.codes);
  const scales = new Float32Array(room);
  scales.set(scope.scales);
  Object.assign(scope, { signs, codes, scales });
}

function normalised(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const value of vector) sum += value * value;
  const length = Math.sqrt(sum);
  return length === 0 ? vector : vector.map((value) => value / length);
}

function signsOf(vector: Float32Array, planes: Float32Array): Uint32Array {
  const signs = new Uint32Array(WORDS);
  const dimensions = vector.length;
  for (let bit = 0; bit < BITS; bit++) {
    let sum = 0;
    const base = bit * dimensions;
    for (let i = 0; i < dimensions; i++) sum += (planes[base + i] as number) * (vector[i] as number);
    if (sum > 0) signs[bit >>> 5] = ((signs[bit >>> 5] as number) | (1 << (bit & 31))) >>> 0;
  }
  return signs;
}

/** Normal numbers from a fixed seed (mulberry32, Box–Muller): every process draws the same. */
function drawPlanes(dimensions: number): Float32Array {
  const planes = new Float32Array(BITS * dimensions);
  let state = 0x51_6e_a1;
  const draw = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  for (let i = 0; i < planes.length; i++) {
    planes[i] = Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
  }
  return planes;
}

function ones(value: number): number {
  let x = value - ((value >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

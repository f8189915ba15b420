import { isObject } from '#core';

/** A list of numbers, or the same as base64 of little-endian 32-bit floats; null for anything else. Pure. */
export function readVector(value: unknown): readonly number[] | null {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number') ? value : null;
  if (typeof value !== 'string') return null;
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === 0 || bytes.length % 4 !== 0) return null;
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

/** As base64 of little-endian 32-bit floats, which is what clients of OpenAI ask for unasked. Pure. */
export function writeVector(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4);
  return bytes.toString('base64');
}

/** The vectors of a list of objects that hold one under that name; null when one does not. Pure. */
export function readVectors(list: readonly unknown[], key: string): readonly (readonly number[])[] | null {
  const vectors: (readonly number[])[] = [];
  for (const item of list) {
    const vector = readVector(isObject(item) ? item[key] : undefined);
    if (vector === null) return null;
    vectors.push(vector);
  }
  return vectors;
}

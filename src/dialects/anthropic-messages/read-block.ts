import { type CacheMarker, invalidField, isObject, type JsonObject } from '#core';
import { readNumber } from '../read-fields.ts';

/** A content block: an object with a `type`. */
export type Block = JsonObject & { readonly type: string };

/** Reads a content block's type; throws `invalid_request` with the path. Pure. */
export function readBlock(value: unknown, path: string): Block {
  if (!isObject(value)) throw invalidField(path, 'expected a content block (an object with a `type`)');
  requireText(value, 'type', `${path}.type`);
  return value as Block;
}

/** A field that must be there and hold text. Pure. */
export function requireText(object: JsonObject, key: string, path: string): string {
  const value = object[key];
  if (typeof value === 'string' && value !== '') return value;
  throw invalidField(path, 'expected a non-empty string');
}

/** A field that must be there as a string, perhaps an empty one. Pure. */
export function requireString(object: JsonObject, key: string, path: string): string {
  const value = object[key];
  if (typeof value === 'string') return value;
  throw invalidField(path, 'expected a string');
}

/** An optional whole number from `least` on. Pure. */
export function readCount(object: JsonObject, key: string, path: string, least: number): number | undefined {
  const value = readNumber(object, key, path);
  if (value === undefined || (Number.isInteger(value) && value >= least)) return value;
  throw invalidField(path, `expected a whole number of at least ${least}`);
}

/** `content` as blocks: a string is short for one text block. Pure. */
export function readContent(value: unknown, path: string): readonly Block[] {
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!Array.isArray(value)) throw invalidField(path, 'expected a string or an array of content blocks');
  return value.map((block, at) => readBlock(block, `${path}[${at}]`));
}

/** `cache_control` of a block or tool; lifetimes of a later API count as the default one. Pure. */
export function readCache(block: JsonObject, path: string): CacheMarker | undefined {
  const control = block.cache_control ?? undefined;
  if (control === undefined) return undefined;
  if (!isObject(control)) throw invalidField(`${path}.cache_control`, 'expected an object');
  return control.ttl === '5m' || control.ttl === '1h' ? { ttl: control.ttl } : {};
}

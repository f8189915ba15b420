import { invalidField, isObject, type JsonObject } from '#core';

/** A field of a caller's body as a finite number; undefined where absent or null. Throws `invalid_request`. Pure. */
export function readNumber(body: JsonObject, key: string, path = key): number | undefined {
  const value = body[key] ?? undefined;
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw invalidField(path, 'expected a number');
}

/** A field of a caller's body as a string; undefined where absent or null. Throws `invalid_request`. Pure. */
export function readString(body: JsonObject, key: string, path = key): string | undefined {
  const value = body[key] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw invalidField(path, 'expected a string');
}

/** A field of a caller's body as true or false; undefined where absent or null. Throws `invalid_request`. Pure. */
export function readBoolean(body: JsonObject, key: string, path = key): boolean | undefined {
  const value = body[key] ?? undefined;
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalidField(path, 'expected true or false');
}

/** A field of a caller's body as an object; undefined where absent or null. Throws `invalid_request`. Pure. */
export function readObject(body: JsonObject, key: string, path = key): JsonObject | undefined {
  const value = body[key] ?? undefined;
  if (value === undefined || isObject(value)) return value;
  throw invalidField(path, 'expected an object');
}

/** A field of a caller's body as a list of objects; undefined where absent or null. Throws `invalid_request`. Pure. */
export function readObjects(body: JsonObject, key: string, path = key): readonly JsonObject[] | undefined {
  const value = body[key] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw invalidField(path, 'expected a list');
  for (const [at, item] of value.entries()) {
    if (!isObject(item)) throw invalidField(`${path}[${at}]`, 'expected an object');
  }
  return value;
}

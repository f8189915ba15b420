import { asNumber, invalidField, isObject, type JsonObject } from '#core';
import { readBoolean, readObject, readString } from '../read-fields.ts';
import { joinPath, keyOf } from './spelling.ts';

/** A string in either spelling. Throws `invalid_request`. Pure. */
export function stringAt(object: JsonObject, name: string, path: string): string | undefined {
  const key = keyOf(object, name, path);
  return readString(object, key, joinPath(path, key));
}

/** True or false in either spelling. Throws `invalid_request`. Pure. */
export function booleanAt(object: JsonObject, name: string, path: string): boolean | undefined {
  const key = keyOf(object, name, path);
  return readBoolean(object, key, joinPath(path, key));
}

/** An object in either spelling. Throws `invalid_request`. Pure. */
export function objectAt(object: JsonObject, name: string, path: string): JsonObject | undefined {
  const key = keyOf(object, name, path);
  return readObject(object, key, joinPath(path, key));
}

/** A number in either spelling; protobuf JSON also takes a number as a string. Throws `invalid_request`. Pure. */
export function numberAt(object: JsonObject, name: string, path: string): number | undefined {
  const key = keyOf(object, name, path);
  const value = object[key] ?? undefined;
  if (value === undefined) return undefined;
  const number = typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : asNumber(value);
  if (number === undefined) throw invalidField(joinPath(path, key), 'expected a number');
  return number;
}

/** A list of strings in either spelling; undefined where absent. Throws `invalid_request`. Pure. */
export function stringsAt(object: JsonObject, name: string, path: string): readonly string[] | undefined {
  const key = keyOf(object, name, path);
  const value = object[key] ?? undefined;
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) {
    throw invalidField(joinPath(path, key), 'expected a list of strings');
  }
  return value;
}

/** A list of objects in either spelling; one object alone counts as a list of one, as Google takes it. Throws `invalid_request`. Pure. */
export function objectsAt(object: JsonObject, name: string, path: string): readonly JsonObject[] | undefined {
  const key = keyOf(object, name, path);
  const value = object[key] ?? undefined;
  if (value === undefined) return undefined;
  if (isObject(value)) return [value];
  if (!Array.isArray(value)) throw invalidField(joinPath(path, key), 'expected a list of objects');
  for (const [at, item] of value.entries()) {
    if (!isObject(item)) throw invalidField(`${joinPath(path, key)}[${at}]`, 'expected an object');
  }
  return value;
}

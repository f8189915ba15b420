import { isObject, type JsonObject } from '#core';

/** Parses the JSON text of tool arguments into an object: no text means no arguments; null when it is not an object. Pure. */
export function argumentsObject(text: string): JsonObject | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return {};
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

import { isObject, type JsonObject } from '#core';

/** The arguments of a call as the object that `args` must be; empty text means none; null where the text is not a JSON object. Pure. */
export function parseArguments(text: string): JsonObject | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

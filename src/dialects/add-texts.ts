import { isObject } from '#core';
import type { TextMeter } from './estimate-tokens.ts';

// Deeper schemas do not exist; a hostile body may be nested a million levels deep.
const MAX_DEPTH = 64;

/** Every key and text of a value: what a provider turns a tool's schema into is close to that. */
export function addTexts(value: unknown, meter: TextMeter, depth = 0): void {
  if (typeof value === 'string') meter.add(value);
  else if (depth > MAX_DEPTH) return;
  else if (Array.isArray(value)) for (const item of value) addTexts(item, meter, depth + 1);
  else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      meter.add(key);
      addTexts(value[key], meter, depth + 1);
    }
  }
}

import { isObject, type JsonObject } from '#core';
import type { Path } from '#policy';

/** A text somewhere in a document. */
export interface FoundText {
  readonly path: Path;
  readonly text: string;
}

/** Every text of a document with its path, keys left out. Pure. */
export function textsOf(document: { readonly value: JsonObject }): readonly FoundText[] {
  return collect(document.value, []);
}

function collect(value: unknown, path: Path): readonly FoundText[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, at) => collect(item, [...path, at]));
  return isObject(value) ? Object.entries(value).flatMap(([key, item]) => collect(item, [...path, key])) : [];
}

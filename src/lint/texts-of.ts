import { isObject, type JsonObject } from '#core';
import type { Path } from '#policy';

/** A text somewhere in a document. */
export interface FoundText {
  readonly path: Path;
  readonly text: string;
}

/** A text or number somewhere in a document. */
export interface FoundScalar {
  readonly path: Path;
  readonly value: string | number;
}

/** Every text of a document with its path, keys left out. Pure. */
export function textsOf(document: { readonly value: JsonObject }): readonly FoundText[] {
  return scalarsOf(document).flatMap(({ path, value }) => (typeof value === 'string' ? [{ path, text: value }] : []));
}

/** Every text and number of a document with its path, keys left out. Pure. */
export function scalarsOf(document: { readonly value: JsonObject }): readonly FoundScalar[] {
  return collect(document.value, []);
}

function collect(value: unknown, path: Path): readonly FoundScalar[] {
  if (typeof value === 'string' || typeof value === 'number') return [{ path, value }];
  if (Array.isArray(value)) return value.flatMap((item, at) => collect(item, [...path, at]));
  return isObject(value) ? Object.entries(value).flatMap(([key, item]) => collect(item, [...path, key])) : [];
}

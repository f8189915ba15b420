import { sha256 } from '#core';
import { looksPrivate } from './looks-private.ts';

/** A value that callers choose, as others may read it: one that looks private is told apart from others by four digits of its hash, and not told. Pure. */
export function tellable(value: string): string {
  return looksPrivate(value) ? `***${sha256(value).slice(0, 4)}` : value;
}

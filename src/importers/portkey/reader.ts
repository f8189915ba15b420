import type { Draft } from '../draft.ts';

/** What reading targets shares. */
export interface PortkeyReader {
  readonly draft: Draft;
  /** Provider type → the first slug or virtual key that named it: that one has the provider's own variable. */
  readonly slugs: Map<string, string>;
}

/** A reader for one config. */
export function createReader(draft: Draft): PortkeyReader {
  return { draft, slugs: new Map() };
}

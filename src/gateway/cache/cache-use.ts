import type { MicroUsd } from '#core';

/** What the cache said of a request, for headers, record, metrics and the usage ledger. */
export interface CacheUse {
  readonly result: 'hit' | 'semantic-hit' | 'shared' | 'stale' | 'miss' | 'refresh' | 'bypass' | 'off';
  /** Lower-case hex; null where nothing was looked up. */
  readonly key: string | null;
  /** Of the answer given; null without one. */
  readonly ageMs: number | null;
  /** Of the two questions, where meaning was compared. */
  readonly similarity: number | null;
  /** Key of the entry that was found by meaning. */
  readonly matched: string | null;
  /** What would have been answered, where a rule is in shadow. */
  readonly shadow: { readonly similarity: number; readonly matched: string } | null;
  /** What the answer cost when it was made; null where nothing was saved or nobody knows. */
  readonly savedMicroUsd: MicroUsd | null;
  /** Who made the answer. */
  readonly provider: string | null;
  readonly model: string | null;
}

/** No cache had a say. */
export const NO_CACHE: CacheUse = Object.freeze({
  result: 'off',
  key: null,
  ageMs: null,
  similarity: null,
  matched: null,
  shadow: null,
  savedMicroUsd: null,
  provider: null,
  model: null,
});

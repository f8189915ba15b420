import type { JsonObject } from '#core';

/** What one item of a conversation is, for whoever leaves out old ones. */
export interface HistoryItem {
  /** `tool`: nothing but results of calls, or such with the caller's words beside. */
  readonly side: 'instruction' | 'caller' | 'model' | 'tool';
  /** Ids of the calls in it, or the tools' names where a dialect has no ids. */
  readonly calls: readonly string[];
  readonly results: readonly string[];
}

/** Where a dialect keeps its turns, and how one is read. Lax: what it does not know counts as the model's. Pure. */
export interface HistoryReader {
  readonly key: string;
  readonly readItem: (item: JsonObject) => HistoryItem;
}

import { asArray, asObject, type DialectName, type JsonObject } from '#core';
import { anthropicHistory } from './anthropic-messages/history.ts';
import { converseHistory } from './bedrock-converse/history.ts';
import { cutHistory } from './cut-history.ts';
import { geminiHistory } from './gemini/history.ts';
import type { HistoryReader } from './history-item.ts';
import { chatHistory } from './openai-chat/history.ts';
import { responsesHistory } from './openai-responses/history.ts';

/** How the list of turns is read in each dialect; null where a request tells none. */
const HISTORIES: Readonly<Record<DialectName, HistoryReader | null>> = Object.freeze({
  'openai-chat': chatHistory,
  'cohere-chat': chatHistory,
  ollama: chatHistory,
  'openai-responses': responsesHistory,
  'anthropic-messages': anthropicHistory,
  gemini: geminiHistory,
  'bedrock-converse': converseHistory,
  'openai-completions': null,
  sandbox: null,
});

/** A conversation without its oldest turns. */
export interface TrimmedHistory {
  readonly body: JsonObject;
  /** What of the body is another, for splicing. */
  readonly edits: JsonObject;
  /** Messages, or items, left out. */
  readonly dropped: number;
}

/**
 * Leaves out the oldest turns until the body fits; when even the last turn alone does not, what of it can go. Null where nothing can be left out. Instructions stay,
 * and what stays is as it was sent. `fits` must say yes to less where it says yes to more. Pure.
 */
export function trimHistory(
  { name }: { readonly name: DialectName },
  body: JsonObject,
  fits: (shorter: JsonObject) => boolean,
): TrimmedHistory | null {
  const reader = HISTORIES[name];
  if (reader === null || !Array.isArray(body[reader.key])) return null;
  const list = asArray(body[reader.key]);
  const cuts = cutHistory(list.map((item) => reader.readItem(asObject(item))));
  if (cuts.length === 0) return null;
  const bodyOf = (cut: number) => ({ ...body, [reader.key]: keptOf(list, cuts[cut]) });
  // The first cut that is short enough, by halves: each look reads the whole body once.
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (fits(bodyOf(middle))) high = middle;
    else low = middle + 1;
  }
  const kept = keptOf(list, cuts[low]);
  return { body: { ...body, [reader.key]: kept }, edits: { [reader.key]: kept }, dropped: list.length - kept.length };
}

function keptOf(list: readonly unknown[], kept: ReadonlySet<number> | undefined): readonly unknown[] {
  return list.filter((_, at) => kept?.has(at) === true);
}

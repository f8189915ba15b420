import { asArray, asObject, asString, isObject, type JsonObject } from '#core';
import type { HistoryItem, HistoryReader } from '../history-item.ts';

/** `messages`: calls and results are blocks under a key of their own. */
export const converseHistory: HistoryReader = { key: 'messages', readItem };

function readItem({ role, content }: JsonObject): HistoryItem {
  const blocks = asArray(content).map(asObject);
  const idsOf = (key: string) =>
    blocks.flatMap((block) => (isObject(block[key]) ? [asString(asObject(block[key]).toolUseId) ?? ''] : []));
  const calls = idsOf('toolUse');
  const results = idsOf('toolResult');
  if (role === 'system') return { side: 'instruction', calls, results };
  if (role !== 'user') return { side: 'model', calls, results };
  return { side: results.length > 0 ? 'tool' : 'caller', calls, results };
}

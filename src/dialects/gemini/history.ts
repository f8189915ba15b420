import { asArray, asObject, asString, isObject, type JsonObject } from '#core';
import type { HistoryItem, HistoryReader } from '../history-item.ts';

/** `contents`: calls and results are parts, tied by the function's name where they have no id. Keys come in both spellings. */
export const geminiHistory: HistoryReader = { key: 'contents', readItem };

function readItem({ role, parts }: JsonObject): HistoryItem {
  const read = asArray(parts).map(asObject);
  const idsOf = (...keys: readonly string[]) =>
    read.flatMap((part) => {
      const found = keys.map((key) => part[key]).find(isObject);
      return found === undefined ? [] : [asString(found.id) || asString(found.name) || ''];
    });
  const calls = idsOf('functionCall', 'function_call');
  const results = idsOf('functionResponse', 'function_response');
  if (role === 'model') return { side: 'model', calls, results };
  return { side: results.length > 0 ? 'tool' : 'caller', calls, results };
}

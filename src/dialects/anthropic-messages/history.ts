import { asArray, asObject, asString, type JsonObject } from '#core';
import type { HistoryItem, HistoryReader } from '../history-item.ts';

/** `messages`: calls and results are blocks; what the provider's own servers did stands in one turn with its result. */
export const anthropicHistory: HistoryReader = { key: 'messages', readItem };

function readItem({ role, content }: JsonObject): HistoryItem {
  const blocks = asArray(content).map(asObject);
  const calls = blocks.flatMap(({ type, id }) => (type === 'tool_use' ? [asString(id) ?? ''] : []));
  const results = blocks.flatMap((block) => (block.type === 'tool_result' ? [asString(block.tool_use_id) ?? ''] : []));
  if (role === 'system') return { side: 'instruction', calls, results };
  if (role !== 'user') return { side: 'model', calls, results };
  return { side: results.length > 0 ? 'tool' : 'caller', calls, results };
}

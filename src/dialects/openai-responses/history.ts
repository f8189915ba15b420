import { asString, type JsonObject } from '#core';
import type { HistoryItem, HistoryReader } from '../history-item.ts';

/** `input`, where it is a list: calls, results and thoughts are items beside messages. */
export const responsesHistory: HistoryReader = { key: 'input', readItem };

function readItem(item: JsonObject): HistoryItem {
  const type = asString(item.type) ?? 'message';
  const id = asString(item.call_id) ?? asString(item.approval_request_id) ?? '';
  if (type === 'message') return { side: sideOf(item.role), calls: [], results: [] };
  if (type.endsWith('_output') || type.endsWith('_response')) return { side: 'tool', calls: [], results: [id] };
  if (type === 'mcp_approval_request') return { side: 'model', calls: [asString(item.id) ?? ''], results: [] };
  // Whatever brings tools, or names what the provider keeps, is nobody's turn to lose.
  if (type === 'additional_tools' || type === 'item_reference') return { side: 'instruction', calls: [], results: [] };
  return { side: 'model', calls: type.endsWith('_call') && item.call_id !== undefined ? [id] : [], results: [] };
}

function sideOf(role: unknown): HistoryItem['side'] {
  if (role === 'system' || role === 'developer') return 'instruction';
  return role === 'assistant' ? 'model' : 'caller';
}

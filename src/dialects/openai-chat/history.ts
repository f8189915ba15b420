import { asArray, asObject, asString, type JsonObject } from '#core';
import type { HistoryItem, HistoryReader } from '../history-item.ts';

/** Messages of OpenAI's form, which Cohere and Ollama share; the latter ties results to calls by the tool's name, as `function_call` did. */
export const chatHistory: HistoryReader = { key: 'messages', readItem };

function readItem(message: JsonObject): HistoryItem {
  switch (message.role) {
    case 'system':
    case 'developer':
      return { side: 'instruction', calls: [], results: [] };
    case 'user':
      return { side: 'caller', calls: [], results: [] };
    case 'tool':
    case 'function':
      return { side: 'tool', calls: [], results: [resultId(message)] };
    default:
      return { side: 'model', calls: callIds(message), results: [] };
  }
}

function resultId(message: JsonObject): string {
  return asString(message.tool_call_id) ?? asString(message.tool_name) ?? asString(message.name) ?? '';
}

function callIds(message: JsonObject): readonly string[] {
  const calls = asArray(message.tool_calls).map(asObject);
  const old = message.function_call;
  const ids = calls.map((call) => asString(call.id) || asString(asObject(call.function).name) || '');
  return old === undefined || old === null ? ids : [...ids, asString(asObject(old).name) ?? ''];
}

import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '#core';
import type { RawFacts } from './raw-facts.ts';

/** Facts of a whole response, or of a stream by what its last event repeats. */
export function responsesFacts(chunks: readonly JsonObject[]): RawFacts {
  const last = chunks.filter((chunk) => isObject(chunk.response)).at(-1);
  const response = last === undefined ? asObject(chunks[0]) : asObject(last.response);
  const items = asArray(response.output).map(asObject);
  const parts = items.filter(({ type }) => type === 'message').flatMap((item) => asArray(item.content).map(asObject));
  const calls = items.filter(({ type }) => type === 'function_call');
  const refusal = parts.map((part) => asString(part.refusal) ?? '').join('');
  return {
    text: parts.map((part) => asString(part.text) ?? '').join('') + refusal,
    reasoning: items
      .filter(({ type }) => type === 'reasoning')
      .map((item) => texts(item.content).join('') || texts(item.summary).join('\n\n'))
      .join(''),
    calls: calls.map((call) => ({ name: asString(call.name) ?? '', arguments: parse(asString(call.arguments) ?? '') })),
    finish: finishOf(response, calls.length > 0, refusal !== ''),
    usage: usageOf(asObject(response.usage)),
  };
}

function texts(parts: unknown): string[] {
  return asArray(parts).map((part) => asString(asObject(part).text) ?? '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text === '' ? {} : text;
  }
}

function finishOf(response: JsonObject, hasCalls: boolean, hasRefusal: boolean): RawFacts['finish'] {
  const reason = asObject(response.incomplete_details).reason;
  if (reason === 'content_filter') return 'filter';
  if (response.status === 'incomplete') return 'length';
  if (response.status !== 'completed') return 'none';
  return hasCalls ? 'tool' : hasRefusal ? 'filter' : 'stop';
}

function usageOf(usage: JsonObject): RawFacts['usage'] {
  const input = asNumber(usage.input_tokens);
  if (input === undefined) return null;
  const cached = asNumber(asObject(usage.input_tokens_details).cached_tokens) ?? 0;
  return { input, cached, output: asNumber(usage.output_tokens) ?? 0 };
}

import { asArray, asNumber, asObject, asString, type JsonObject } from '#core';
import type { RawFacts } from './raw-facts.ts';

/** Facts of a whole Ollama answer, or of a stream as the list of its lines. */
export function ollamaFacts(chunks: readonly JsonObject[]): RawFacts {
  const messages = chunks.map((chunk) => asObject(chunk.message));
  const join = (key: string) => messages.map((message) => asString(message[key]) ?? '').join('');
  const calls = messages
    .flatMap((message) => asArray(message.tool_calls))
    .map((call) => asObject(asObject(call).function));
  const last = chunks.find(({ done }) => done === true) ?? {};
  const word = asString(last.done_reason);
  const input = asNumber(last.prompt_eval_count);
  return {
    text: join('content'),
    reasoning: join('thinking'),
    calls: calls.map((call) => ({ name: asString(call.name) ?? '', arguments: call.arguments ?? {} })),
    finish:
      word === 'stop'
        ? calls.length > 0
          ? 'tool'
          : 'stop'
        : word === 'length'
          ? 'length'
          : word === 'content_filter'
            ? 'filter'
            : 'none',
    usage: input === undefined ? null : { input, cached: 0, output: asNumber(last.eval_count) ?? 0 },
  };
}

/** The lines of a stream. */
export function ndjsonObjects(text: string): JsonObject[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => asObject(JSON.parse(line)));
}

import { asArray, asNumber, asObject, asString, type JsonObject } from '#core';
import type { RawFacts } from './raw-facts.ts';

const FINISH: Readonly<Record<string, RawFacts['finish']>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool',
  ERROR_TOXIC: 'filter',
};

/** Facts of a whole Cohere answer, or of a stream as the list of its events. */
export function cohereFacts(chunks: readonly JsonObject[]): RawFacts {
  let text = '';
  let reasoning = '';
  let finish: string | undefined;
  let usage: JsonObject = {};
  const calls: { name: string; text: string }[] = [];
  for (const chunk of chunks) {
    const delta = asObject(chunk.delta);
    const message = asObject(chunk.type === undefined ? chunk.message : delta.message);
    reasoning += asString(message.tool_plan) ?? '';
    for (const part of asArray(message.content ?? []).map(asObject)) {
      text += asString(part.text) ?? '';
      reasoning += asString(part.thinking) ?? '';
    }
    const piece = asObject(message.content);
    text += asString(piece.text) ?? '';
    reasoning += asString(piece.thinking) ?? '';
    for (const call of [...asArray(message.tool_calls), asObject(message.tool_calls)].map(asObject)) {
      const callee = asObject(call.function);
      if (callee.name !== undefined) calls.push({ name: asString(callee.name) ?? '', text: '' });
      // Whole answers have their calls at once, streams tell by number which goes on.
      const last = chunk.type === undefined ? calls.at(-1) : calls[asNumber(chunk.index) ?? 0];
      if (last !== undefined) last.text += asString(callee.arguments) ?? '';
    }
    finish = asString(chunk.finish_reason) ?? asString(delta.finish_reason) ?? finish;
    usage = asObject(chunk.usage ?? delta.usage ?? usage);
  }
  const tokens = asObject(usage.tokens);
  const { input_tokens: input, output_tokens: output } = asObject(usage.billed_units ?? tokens);
  return {
    text,
    reasoning,
    calls: calls.map((call) => ({ name: call.name, arguments: call.text === '' ? {} : JSON.parse(call.text) })),
    finish: finish === undefined ? 'none' : (FINISH[finish] ?? 'other'),
    usage:
      typeof input !== 'number'
        ? null
        : {
            input,
            // What was cached of the provider's hidden prompt costs nobody anything.
            cached: tokens.input_tokens === input ? (asNumber(usage.cached_tokens) ?? 0) : 0,
            output: asNumber(output) ?? 0,
          },
  };
}

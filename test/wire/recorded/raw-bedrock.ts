import { EventStreamCodec } from '@smithy/core/event-streams';
import { asArray, asNumber, asObject, asString, type JsonObject } from '#core';
import type { RawFacts } from './raw-facts.ts';

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8')),
  (text) => Buffer.from(text, 'utf8'),
);

/** The events of a stream, one character a byte, read by Amazon's own codec: `{messageStart: {…}}` and so on. */
export function bedrockObjects(text: string): JsonObject[] {
  const bytes = Buffer.from(text, 'latin1');
  const objects: JsonObject[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const { headers, body } = codec.decode(new Uint8Array(bytes.subarray(at, at + length)));
    const type = String((headers[':event-type'] ?? headers[':exception-type'])?.value);
    objects.push({ [type]: JSON.parse(Buffer.from(body).toString('utf8')) });
    at += length;
  }
  return objects;
}

const FINISH: Readonly<Record<string, RawFacts['finish']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool',
  guardrail_intervened: 'filter',
  content_filtered: 'filter',
};

/** Facts of a whole Converse answer, or of a stream as the list of its events. */
export function bedrockFacts(chunks: readonly JsonObject[]): RawFacts {
  let text = '';
  let reasoning = '';
  let finish: string | undefined;
  let usage: JsonObject = {};
  const calls: { readonly at: unknown; readonly name: string; input: unknown; text: string }[] = [];
  for (const chunk of chunks) {
    const { output, contentBlockStart, contentBlockDelta, messageStop, metadata } = chunk;
    for (const block of asArray(asObject(asObject(output).message).content).map(asObject)) {
      text += asString(block.text) ?? '';
      for (const cited of asArray(asObject(block.citationsContent).content))
        text += asString(asObject(cited).text) ?? '';
      reasoning += asString(asObject(asObject(block.reasoningContent).reasoningText).text) ?? '';
      const call = asObject(block.toolUse);
      if (call.name !== undefined && call.type !== 'server_tool_use') {
        calls.push({ at: null, name: String(call.name), input: call.input, text: '' });
      }
    }
    const start = asObject(asObject(asObject(contentBlockStart).start).toolUse);
    if (start.name !== undefined && start.type !== 'server_tool_use') {
      calls.push({ at: asObject(contentBlockStart).contentBlockIndex, name: String(start.name), input: {}, text: '' });
    }
    const { delta, contentBlockIndex } = asObject(contentBlockDelta);
    const piece = asObject(delta);
    text += asString(piece.text) ?? '';
    reasoning += asString(asObject(piece.reasoningContent).text) ?? '';
    const call = calls.find(({ at }) => at === contentBlockIndex && at !== undefined);
    if (call !== undefined) call.text += asString(asObject(piece.toolUse).input) ?? '';
    finish = asString(chunk.stopReason) ?? asString(asObject(messageStop).stopReason) ?? finish;
    usage = asObject(chunk.usage ?? asObject(metadata).usage ?? usage);
  }
  const input = asNumber(usage.inputTokens);
  const cached = asNumber(usage.cacheReadInputTokens) ?? 0;
  return {
    text,
    reasoning,
    calls: calls.map(({ name, input: whole, text: json }) => ({
      name,
      arguments: json === '' ? whole : JSON.parse(json),
    })),
    finish: finish === undefined ? 'none' : (FINISH[finish] ?? 'other'),
    usage:
      input === undefined
        ? null
        : {
            input: input + cached + (asNumber(usage.cacheWriteInputTokens) ?? 0),
            cached,
            output: asNumber(usage.outputTokens) ?? 0,
          },
  };
}

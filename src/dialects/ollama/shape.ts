import { asArray, invalidField, isObject, type JsonObject } from '#core';
import { addTexts } from '../add-texts.ts';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { createInputSource, type InputSource } from '../input-ceiling.ts';
import { asksForThoughts, optionOf, readCap, readModel, readsStream } from './request.ts';

interface Tally {
  images: number;
  readonly meter: TextMeter;
  readonly source: InputSource;
}

/** What policy needs of a chat request; checks only the fields it reads, since the provider checks the rest. */
export function readShape(body: JsonObject, _context?: InboundContext): RequestShape {
  const model = readModel(body);
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw invalidField('messages', 'expected a list with at least one message');
  }
  const tally: Tally = { images: 0, meter: createTextMeter(), source: createInputSource() };
  for (const [at, message] of body.messages.entries()) {
    if (!isObject(message)) throw invalidField(`messages[${at}]`, 'expected an object with a role');
    addMessage(message, tally);
  }
  const tools = asArray(body.tools);
  addTexts(tools, tally.meter);
  tally.source.hasTools = tools.length > 0;
  return {
    model,
    stream: readsStream(body),
    streamUsage: true,
    toolCount: tools.length,
    images: tally.images,
    audio: 0,
    documents: 0,
    responseFormat: body.format === 'json' ? 'json-object' : isObject(body.format) ? 'json-schema' : 'text',
    hasReasoning: asksForThoughts(body),
    maxOutputTokens: readCap(body),
    temperature: optionOf(body, 'temperature') ?? null,
    textLength: tally.meter.length(),
    messageCount: body.messages.length,
    source: tally.source,
    user: null,
  };
}

function addMessage(message: JsonObject, tally: Tally): void {
  for (const text of [message.content, message.thinking]) if (typeof text === 'string') tally.meter.add(text);
  addTexts(message.tool_calls, tally.meter);
  for (const image of asArray(message.images)) {
    tally.images++;
    if (typeof image === 'string') tally.source.mediaChars += image.length;
  }
}

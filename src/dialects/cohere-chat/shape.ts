import { asArray, asObject, asString, invalidField, isObject, type JsonObject } from '#core';
import { addTexts } from '../add-texts.ts';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { createInputSource, type InputSource } from '../input-ceiling.ts';
import { readBoolean, readNumber } from '../read-fields.ts';
import { readModel } from './request.ts';

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
  const documents = asArray(body.documents);
  addTexts(tools, tally.meter);
  addTexts(documents, tally.meter);
  tally.source.hasTools = tools.length > 0 || documents.length > 0;
  const format = asObject(body.response_format);
  const isSchema = isObject(format.json_schema) || isObject(format.schema);
  return {
    model,
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: true,
    toolCount: tools.length,
    images: tally.images,
    audio: 0,
    // Texts to be quoted from, which the model needs no eyes for.
    documents: 0,
    responseFormat: format.type === 'json_object' ? (isSchema ? 'json-schema' : 'json-object') : 'text',
    hasReasoning: asObject(body.thinking).type === 'enabled',
    maxOutputTokens: readNumber(body, 'max_tokens') ?? null,
    temperature: readNumber(body, 'temperature') ?? null,
    textLength: tally.meter.length(),
    messageCount: body.messages.length,
    source: tally.source,
    user: null,
  };
}

function addMessage(message: JsonObject, tally: Tally): void {
  if (typeof message.content === 'string') tally.meter.add(message.content);
  else for (const part of asArray(message.content)) addPart(asObject(part), tally);
  if (typeof message.tool_plan === 'string') tally.meter.add(message.tool_plan);
  addTexts(message.tool_calls, tally.meter);
}

function addPart(part: JsonObject, tally: Tally): void {
  if (part.type !== 'image_url') {
    addTexts(part, tally.meter);
    return;
  }
  tally.images++;
  const url = asString(asObject(part.image_url).url) ?? '';
  if (url.startsWith('data:image/')) tally.source.mediaChars += url.length;
}

import { asArray, asObject, asString, invalidField, isObject, type JsonObject } from '#core';
import { addTexts } from '../add-texts.ts';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { createInputSource, type InputSource } from '../input-ceiling.ts';
import { readBoolean, readNumber, readString } from '../read-fields.ts';
import { severalChoices } from '../several-choices.ts';
import { asksForReasoning } from './reasoning.ts';
import { readMaxOutputTokens, readStreamUsage } from './request.ts';

/** What policy needs of a chat completion request; checks only the fields it reads, since the provider checks the rest. */
export function readShape(body: JsonObject, _context?: InboundContext): RequestShape {
  const model = readString(body, 'model');
  if (!model) throw invalidField('model', 'expected the name of a model');
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw invalidField('messages', 'expected a list with at least one message');
  }
  const tally = { images: 0, audio: 0, documents: 0, meter: createTextMeter(), source: createInputSource() };
  for (const [at, message] of body.messages.entries()) {
    if (!isObject(message)) throw invalidField(`messages[${at}]`, 'expected an object with a role');
    addMessage(message, tally);
  }
  addTexts(body.tools, tally.meter);
  addTexts(body.functions, tally.meter);
  const toolCount = asArray(body.tools).length + asArray(body.functions).length;
  tally.source.hasTools = toolCount > 0;
  if (searches(body)) tally.source.isOpen = true;
  const format = asString(asObject(body.response_format).type);
  const stream = readBoolean(body, 'stream') ?? false;
  return {
    model,
    stream,
    streamUsage: stream && readStreamUsage(body),
    toolCount,
    images: tally.images,
    audio: tally.audio,
    documents: tally.documents,
    responseFormat: format === 'json_object' ? 'json-object' : format === 'json_schema' ? 'json-schema' : 'text',
    hasReasoning: asksForReasoning(body),
    maxOutputTokens: readMaxOutputTokens(body) ?? null,
    ...severalChoices(readNumber(body, 'n')),
    temperature: readNumber(body, 'temperature') ?? null,
    textLength: tally.meter.length(),
    messageCount: body.messages.length,
    source: tally.source,
    user: readString(body, 'user') ?? null,
    legacyFunctions: Array.isArray(body.functions) && !Array.isArray(body.tools),
  };
}

interface Tally {
  images: number;
  audio: number;
  documents: number;
  readonly meter: TextMeter;
  readonly source: InputSource;
}

/** Whether the provider brings in what it finds: OpenAI's search options, OpenRouter's plugins, tools that hosts run themselves. */
function searches(body: JsonObject): boolean {
  if (isObject(body.web_search_options) || asArray(body.plugins).length > 0) return true;
  return asArray(body.tools).some((tool) => {
    const type = asString(asObject(tool).type) ?? 'function';
    return type !== 'function' && type !== 'custom';
  });
}

function addMessage(message: JsonObject, tally: Tally): void {
  if (typeof message.content === 'string') tally.meter.add(message.content);
  else for (const part of asArray(message.content)) addPart(asObject(part), tally);
  for (const call of asArray(message.tool_calls)) addTexts(asObject(call).function, tally.meter);
  addTexts(message.function_call, tally.meter);
  // An earlier spoken answer, by its id.
  if (isObject(message.audio)) tally.source.isOpen = true;
  const reasoning = message.reasoning_content ?? message.reasoning;
  if (typeof reasoning === 'string') tally.meter.add(reasoning);
}

function addPart(part: JsonObject, tally: Tally): void {
  switch (part.type) {
    case 'image_url': {
      tally.images++;
      const url = asString(part.image_url) ?? asString(asObject(part.image_url).url) ?? '';
      if (url.startsWith('data:image/')) tally.source.mediaChars += url.length;
      return;
    }
    case 'input_audio': {
      tally.audio++;
      const { length } = asString(asObject(part.input_audio).data) ?? '';
      tally.source.mediaChars += length;
      tally.source.audioChars += length;
      return;
    }
    case 'file':
    case 'file_url':
    case 'document_url':
      tally.documents++;
      tally.source.isOpen = true;
      return;
    default:
      // Videos and whatever comes later may stand for more than their bytes.
      if (part.type !== 'text' && part.type !== 'refusal' && part.type !== 'thinking') tally.source.isOpen = true;
      if (typeof part.text === 'string') tally.meter.add(part.text);
      else if (typeof part.refusal === 'string') tally.meter.add(part.refusal);
  }
}

import { asArray, asString, isObject, type JsonObject } from '#core';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { severalChoices } from '../several-choices.ts';
import { numberAt, objectAt, objectsAt, stringAt } from './fields.ts';
import { modelOfPath } from './path.ts';
import { fieldOf, keyOf } from './spelling.ts';

const CONFIG = 'generationConfig';

/** Reads what policy needs of a `generateContent` body in one walk. Throws `invalid_request` with the field's path. Pure. */
export function readShape(body: JsonObject, context: InboundContext): RequestShape {
  const config = objectAt(body, CONFIG, '') ?? {};
  const thinking = objectAt(config, 'thinkingConfig', CONFIG);
  const meter = createTextMeter();
  const media = { image: 0, audio: 0, document: 0 };
  const system = body[keyOf(body, 'systemInstruction', '')];
  if (typeof system === 'string') meter.add(system);
  else if (isObject(system))
    for (const part of objectsAt(system, 'parts', 'systemInstruction') ?? []) measure(part, meter, media);
  const contents = objectsAt(body, 'contents', '') ?? [];
  for (const [at, content] of contents.entries()) {
    for (const part of objectsAt(content, 'parts', `contents[${at}]`) ?? []) measure(part, meter, media);
  }
  return {
    model: modelOfPath(context.pathModel),
    stream: context.pathStream ?? false,
    streamUsage: true,
    toolCount: countTools(body),
    images: media.image,
    audio: media.audio,
    documents: media.document,
    responseFormat: formatOf(config),
    hasReasoning: thinking !== undefined && numberAt(thinking, 'thinkingBudget', `${CONFIG}.thinkingConfig`) !== 0,
    maxOutputTokens: numberAt(config, 'maxOutputTokens', CONFIG) ?? null,
    ...severalChoices(numberAt(config, 'candidateCount', CONFIG)),
    temperature: numberAt(config, 'temperature', CONFIG) ?? null,
    textLength: meter.length(),
    messageCount: contents.length + (system === undefined ? 0 : 1),
    user: null,
  };
}

interface MediaCount {
  image: number;
  audio: number;
  document: number;
}

/** Video counts as a document: both need a model that reads more than text, and neither is an image. */
function measure(part: JsonObject, meter: TextMeter, media: MediaCount): void {
  const { text } = part;
  if (typeof text === 'string') {
    meter.add(text);
    return;
  }
  const file = fieldOf(part, 'inlineData') ?? fieldOf(part, 'fileData');
  if (isObject(file)) {
    const type = asString(fieldOf(file, 'mimeType')) ?? '';
    media[type.startsWith('image/') ? 'image' : type.startsWith('audio/') ? 'audio' : 'document']++;
    return;
  }
  const result = fieldOf(part, 'functionResponse');
  if (isObject(result)) {
    measureValue(result.response, meter);
    for (const item of asArray(result.parts)) if (isObject(item)) measure(item, meter, media);
  }
  const call = fieldOf(part, 'functionCall');
  if (isObject(call)) measureValue(call.args, meter);
}

/** The text inside a JSON value, keys included. */
function measureValue(value: unknown, meter: TextMeter): void {
  if (typeof value === 'string') meter.add(value);
  else if (Array.isArray(value)) for (const item of value) measureValue(item, meter);
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      meter.add(key);
      measureValue(item, meter);
    }
  }
}

function countTools(body: JsonObject): number {
  let count = 0;
  for (const [at, tool] of (objectsAt(body, 'tools', '') ?? []).entries()) {
    const functions = objectsAt(tool, 'functionDeclarations', `tools[${at}]`);
    count += (functions?.length ?? 0) + Object.keys(tool).length - (functions === undefined ? 0 : 1);
  }
  return count;
}

function formatOf(config: JsonObject): RequestShape['responseFormat'] {
  const hasSchema =
    config[keyOf(config, 'responseSchema', CONFIG)] ?? config[keyOf(config, 'responseJsonSchema', CONFIG)];
  if (isObject(hasSchema)) return 'json-schema';
  return stringAt(config, 'responseMimeType', CONFIG) === 'application/json' ? 'json-object' : 'text';
}

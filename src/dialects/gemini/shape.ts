import { asArray, asString, isObject, type JsonObject } from '#core';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { modelOfPath } from '../gemini-path.ts';
import { createInputSource, type InputSource } from '../input-ceiling.ts';
import { severalChoices } from '../several-choices.ts';
import { numberAt, objectAt, objectsAt, stringAt } from './fields.ts';
import { fieldOf, keyOf } from './spelling.ts';

const CONFIG = 'generationConfig';

/** Reads what policy needs of a `generateContent` body in one walk. Throws `invalid_request` with the field's path. Pure. */
export function readShape(body: JsonObject, context: InboundContext): RequestShape {
  const config = objectAt(body, CONFIG, '') ?? {};
  const thinking = objectAt(config, 'thinkingConfig', CONFIG);
  const meter = createTextMeter();
  const media = { image: 0, audio: 0, document: 0, source: createInputSource() };
  const system = body[keyOf(body, 'systemInstruction', '')];
  if (typeof system === 'string') meter.add(system);
  else if (isObject(system))
    for (const part of objectsAt(system, 'parts', 'systemInstruction') ?? []) measure(part, meter, media);
  const contents = objectsAt(body, 'contents', '') ?? [];
  for (const [at, content] of contents.entries()) {
    for (const part of objectsAt(content, 'parts', `contents[${at}]`) ?? []) measure(part, meter, media);
  }
  const toolCount = countTools(body, meter, media.source);
  // Text that an earlier call has left at the provider.
  if (fieldOf(body, 'cachedContent') !== undefined) media.source.isOpen = true;
  return {
    model: modelOfPath(context.pathModel),
    stream: context.pathStream ?? false,
    streamUsage: true,
    toolCount,
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
    source: media.source,
    user: null,
  };
}

interface MediaCount {
  image: number;
  audio: number;
  document: number;
  readonly source: InputSource;
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
    const kind = type.startsWith('image/') ? 'image' : type.startsWith('audio/') ? 'audio' : 'document';
    media[kind]++;
    measureFile(kind, type, asString(file.data), media.source);
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

/** `data` is what the body holds of the file; undefined for one by its address. */
function measureFile(
  kind: 'image' | 'audio' | 'document',
  type: string,
  data: string | undefined,
  source: InputSource,
): void {
  if (kind === 'image') source.mediaChars += data?.length ?? 0;
  else if (kind === 'audio' && data !== undefined) {
    source.mediaChars += data.length;
    source.audioChars += data.length;
  } else if (!(type.startsWith('text/') && data !== undefined)) source.isOpen = true;
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

function countTools(body: JsonObject, meter: TextMeter, source: InputSource): number {
  let count = 0;
  for (const [at, tool] of (objectsAt(body, 'tools', '') ?? []).entries()) {
    const functions = objectsAt(tool, 'functionDeclarations', `tools[${at}]`);
    for (const each of functions ?? []) measureValue(each, meter);
    const others = Object.keys(tool).length - (functions === undefined ? 0 : 1);
    count += (functions?.length ?? 0) + others;
    // Searches, maps, pages and code: the provider runs them and reads what they give.
    if (others > 0) source.isOpen = true;
  }
  source.hasTools = count > 0;
  return count;
}

function formatOf(config: JsonObject): RequestShape['responseFormat'] {
  const hasSchema =
    config[keyOf(config, 'responseSchema', CONFIG)] ?? config[keyOf(config, 'responseJsonSchema', CONFIG)];
  if (isObject(hasSchema)) return 'json-schema';
  return stringAt(config, 'responseMimeType', CONFIG) === 'application/json' ? 'json-object' : 'text';
}

import { asArray, asObject, asString, invalidField, isObject, type JsonObject } from '#core';
import { addTexts } from '../add-texts.ts';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { createInputSource, type InputSource } from '../input-ceiling.ts';
import { readNumber, readObject } from '../read-fields.ts';

interface Tally {
  images: number;
  audio: number;
  documents: number;
  readonly meter: TextMeter;
  readonly source: InputSource;
}

/** What policy needs of a Converse request; checks only the fields it reads. The model and the stream stand in the path. */
export function readShape(body: JsonObject, context: InboundContext): RequestShape {
  const tally: Tally = { images: 0, audio: 0, documents: 0, meter: createTextMeter(), source: createInputSource() };
  const system = asArray(body.system);
  for (const block of system) addBlock(asObject(block), tally);
  if (body.messages !== undefined && !Array.isArray(body.messages)) throw invalidField('messages', 'expected a list');
  const messages = asArray(body.messages);
  for (const [at, message] of messages.entries()) {
    if (!isObject(message)) throw invalidField(`messages[${at}]`, 'expected an object with a role');
    for (const block of asArray(message.content)) addBlock(asObject(block), tally);
  }
  const tools = asArray(asObject(body.toolConfig).tools).map(asObject);
  for (const tool of tools) if (isObject(tool.toolSpec)) addTexts(tool.toolSpec, tally.meter);
  const systemTools = tools.filter((tool) => isObject(tool.systemTool)).length;
  tally.source.hasTools = tools.length > 0;
  tally.source.builtInTools += systemTools;
  // A search of the provider's own, a prompt that it keeps, a server's tool behind a model's own field.
  if (systemTools > 0 || body.promptVariables !== undefined) tally.source.isOpen = true;
  const config = readObject(body, 'inferenceConfig') ?? {};
  const additional = asObject(body.additionalModelRequestFields);
  addTexts(additional, tally.meter);
  return {
    model: context.pathModel ?? '',
    stream: context.pathStream ?? false,
    streamUsage: true,
    toolCount: tools.length - tools.filter((tool) => isObject(tool.cachePoint)).length,
    images: tally.images,
    audio: tally.audio,
    documents: tally.documents,
    responseFormat: isObject(asObject(body.outputConfig).textFormat) ? 'json-schema' : 'text',
    hasReasoning: asksToThink(additional),
    maxOutputTokens: readNumber(config, 'maxTokens', 'inferenceConfig.maxTokens') ?? null,
    temperature: readNumber(config, 'temperature', 'inferenceConfig.temperature') ?? null,
    textLength: tally.meter.length(),
    messageCount: messages.length + (system.length > 0 ? 1 : 0),
    source: tally.source,
    user: null,
  };
}

function asksToThink({ thinking, reasoning_effort, reasoningConfig, reasoning_config }: JsonObject): boolean {
  const type = asObject(thinking ?? reasoningConfig ?? reasoning_config).type;
  return type === 'enabled' || type === 'adaptive' || typeof (reasoning_effort ?? reasoning_config) === 'string';
}

function addBlock(block: JsonObject, tally: Tally): void {
  for (const [kind, value] of Object.entries(block)) {
    if (kind === 'text' && typeof value === 'string') tally.meter.add(value);
    else if (kind === 'image' || kind === 'audio' || kind === 'document' || kind === 'video') {
      addMedia(kind, asObject(value), tally);
    } else if (kind === 'toolResult') {
      for (const part of asArray(asObject(value).content)) addBlock(asObject(part), tally);
    } else if (kind !== 'cachePoint') addTexts(value, tally.meter);
  }
}

/** What the body holds of it counts by pixels or seconds; documents and films, and what lies in a bucket, by what is inside. */
function addMedia(kind: 'image' | 'audio' | 'document' | 'video', media: JsonObject, tally: Tally): void {
  const source = asObject(media.source);
  const data = asString(source.bytes);
  if (kind === 'image') tally.images++;
  else if (kind === 'audio') tally.audio++;
  else tally.documents++;
  if (kind === 'document') addTexts([source.text, source.content], tally.meter);
  // Citing a document has instructions of its own, whatever is inside.
  if (data === undefined || kind === 'document' || kind === 'video') tally.source.isOpen = true;
  else {
    tally.source.mediaChars += data.length;
    if (kind === 'audio') tally.source.audioChars += data.length;
  }
}

import { asArray, asObject, asString, isObject, type JsonObject } from '#core';
import { addTexts } from '../add-texts.ts';
import type { InboundContext, RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { createInputSource, type InputSource } from '../input-ceiling.ts';
import { readBoolean, readNumber, readObject, readString } from '../read-fields.ts';
import { heldFields, readModel } from './request.ts';
import { formatOf } from './tools.ts';

interface Tally {
  images: number;
  audio: number;
  documents: number;
  readonly meter: TextMeter;
  readonly source: InputSource;
}

/** What policy needs of a request; checks only the fields it reads, since the provider checks the rest. */
export function readShape(body: JsonObject, _context?: InboundContext): RequestShape {
  const model = readModel(body);
  const source = createInputSource();
  const tally: Tally = { images: 0, audio: 0, documents: 0, meter: createTextMeter(), source };
  const instructions = readString(body, 'instructions');
  if (instructions !== undefined) tally.meter.add(instructions);
  const items = typeof body.input === 'string' ? [{ content: body.input }] : asArray(body.input);
  for (const item of items) addItem(asObject(item), tally);
  addTexts(body.tools, tally.meter);
  const tools = asArray(body.tools);
  source.hasTools = tools.length > 0;
  if (tools.some((tool) => !isCallersOwn(tool)) || heldFields(body).length > 0) source.isOpen = true;
  const reasoning = readObject(body, 'reasoning') ?? {};
  // Its attempts are billed as input of one another: 1,549 tokens for a question of 40 (recorded exchange).
  if (reasoning.mode === 'pro') source.isOpen = true;
  const format = formatOf(body).type;
  return {
    model,
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: true,
    toolCount: tools.length,
    images: tally.images,
    audio: tally.audio,
    documents: tally.documents,
    responseFormat: format === 'json_object' ? 'json-object' : format === 'json_schema' ? 'json-schema' : 'text',
    hasReasoning: (reasoning.effort ?? 'none') !== 'none',
    maxOutputTokens: readNumber(body, 'max_output_tokens') ?? null,
    temperature: readNumber(body, 'temperature') ?? null,
    textLength: tally.meter.length(),
    messageCount: items.length + (instructions === undefined ? 0 : 1),
    source,
    user: readString(body, 'user') ?? readString(body, 'safety_identifier') ?? null,
  };
}

/** All other tools run at the provider and read what they find. */
function isCallersOwn(tool: unknown): boolean {
  const { type } = asObject(tool);
  return type === 'function' || type === 'custom';
}

/** Items whose bytes are all that they cost. */
const CLOSED: ReadonlySet<unknown> = new Set([
  ...[undefined, 'message', 'reasoning', 'function_call', 'function_call_output', 'custom_tool_call'],
  'custom_tool_call_output',
]);

function addItem(item: JsonObject, tally: Tally): void {
  if (!CLOSED.has(item.type)) tally.source.isOpen = true;
  if (typeof item.content === 'string') tally.meter.add(item.content);
  for (const part of [...asArray(item.content), ...asArray(item.output)]) if (isObject(part)) addPart(part, tally);
  for (const text of [item.arguments, item.input, item.output, item.name]) {
    if (typeof text === 'string') tally.meter.add(text);
  }
}

function addPart(part: JsonObject, tally: Tally): void {
  const { source } = tally;
  switch (part.type) {
    case 'input_image': {
      tally.images++;
      const url = asString(part.image_url) ?? '';
      if (url.startsWith('data:image/')) source.mediaChars += url.length;
      return;
    }
    case 'input_audio': {
      tally.audio++;
      const { length } = asString(asObject(part.input_audio).data) ?? '';
      source.mediaChars += length;
      source.audioChars += length;
      return;
    }
    case 'input_file':
      tally.documents++;
      source.isOpen = true;
      return;
    default:
      if (typeof part.text === 'string') tally.meter.add(part.text);
      else if (typeof part.refusal === 'string') tally.meter.add(part.refusal);
      else source.isOpen = true;
  }
}

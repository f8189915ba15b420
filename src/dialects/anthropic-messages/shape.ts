import { asArray, asObject, asString, invalidField, isObject, type JsonObject } from '#core';
import type { RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { createInputSource, type InputSource } from '../input-ceiling.ts';
import { readBoolean, readNumber, readObjects } from '../read-fields.ts';
import { readBlock, readCount, requireText } from './read-block.ts';

/** Reads what policy needs of a Messages request in one walk; throws `invalid_request` with the field's path. */
export function readShape(body: JsonObject): RequestShape {
  const count: Count = { meter: createTextMeter(), images: 0, documents: 0, source: createInputSource() };
  const messages = readObjects(body, 'messages');
  if (messages === undefined || messages.length === 0) throw invalidField('messages', 'expected at least one message');
  measureContent(body.system ?? '', 'system', count);
  for (const [at, message] of messages.entries()) measureContent(message.content, `messages[${at}].content`, count);
  const tools = readObjects(body, 'tools') ?? [];
  for (const tool of tools) {
    measureJson(tool, count.meter, 0);
    measureTool(tool, count.source);
  }
  // Tools of those servers, and skills, are not in the body.
  if (body.mcp_servers !== undefined || body.container !== undefined) count.source.isOpen = true;
  const thinking = asString(asObject(body.thinking).type);
  const config = asObject(body.output_config);
  return {
    model: requireText(body, 'model', 'model'),
    stream: readBoolean(body, 'stream') ?? false,
    streamUsage: true,
    toolCount: tools.length,
    images: count.images,
    audio: 0,
    documents: count.documents,
    responseFormat: isObject(config.format ?? body.output_format) ? 'json-schema' : 'text',
    hasReasoning: thinking === 'enabled' || thinking === 'adaptive' || typeof config.effort === 'string',
    maxOutputTokens: readCount(body, 'max_tokens', 'max_tokens', 0) ?? null,
    temperature: readNumber(body, 'temperature') ?? null,
    textLength: count.meter.length(),
    messageCount: messages.length + (body.system === undefined ? 0 : 1),
    source: count.source,
    user: asString(asObject(body.metadata).user_id) ?? null,
  };
}

interface Count {
  readonly meter: TextMeter;
  images: number;
  documents: number;
  readonly source: InputSource;
}

/** Tools that the caller runs and the API defines; all others with a type run at the provider and read what they find. */
const CALLER_RUN = /^(bash|text_editor|computer|memory)_/;

function measureTool(tool: JsonObject, source: InputSource): void {
  source.hasTools = true;
  const type = asString(tool.type) ?? 'custom';
  if (CALLER_RUN.test(type)) source.builtInTools += 1;
  else if (type !== 'custom') source.isOpen = true;
}

function measureContent(content: unknown, path: string, count: Count): void {
  if (typeof content === 'string') {
    count.meter.add(content);
    return;
  }
  if (!Array.isArray(content)) throw invalidField(path, 'expected a string or an array of content blocks');
  for (const [at, each] of content.entries()) measureBlock(readBlock(each, `${path}[${at}]`), `${path}[${at}]`, count);
}

function measureBlock(block: JsonObject, path: string, count: Count): void {
  const { meter } = count;
  switch (block.type) {
    case 'text':
      meter.add(asString(block.text) ?? '');
      break;
    case 'thinking':
      meter.add(asString(block.thinking) ?? '');
      break;
    case 'redacted_thinking':
      break;
    case 'image':
      count.images += 1;
      count.source.mediaChars += base64Of(block.source).length;
      break;
    case 'document': {
      count.documents += 1;
      const source = asObject(block.source);
      if (source.type === 'text') meter.add(asString(source.data) ?? '');
      else if (source.type === 'content') measureContent(source.content ?? '', `${path}.source.content`, count);
      else count.source.isOpen = true;
      break;
    }
    case 'container_upload':
      count.source.isOpen = true;
      break;
    case 'tool_use':
      meter.add(asString(block.name) ?? '');
      measureJson(block.input, meter, 0);
      break;
    case 'tool_result':
      measureContent(block.content ?? '', `${path}.content`, count);
      break;
    default:
      // Search results, code output and whatever comes later: their texts count, their encrypted parts do not.
      measureJson(block, meter, 0);
  }
}

function base64Of(value: unknown): string {
  const source = asObject(value);
  return source.type === 'base64' ? (asString(source.data) ?? '') : '';
}

const MAX_DEPTH = 64;

function measureJson(value: unknown, meter: TextMeter, depth: number): void {
  if (typeof value === 'string') meter.add(value);
  if (typeof value === 'number' || typeof value === 'boolean') meter.add('1234');
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const each of asArray(value)) measureJson(each, meter, depth + 1);
    return;
  }
  for (const [key, each] of Object.entries(value)) {
    if (key.startsWith('encrypted_')) continue;
    meter.add(key);
    // Quotes, colon and comma.
    meter.add('"":,');
    measureJson(each, meter, depth + 1);
  }
}

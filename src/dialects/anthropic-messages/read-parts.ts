import {
  type AssistantPart,
  asString,
  type DocumentPart,
  invalidField,
  isObject,
  type JsonObject,
  type OpaquePart,
  type Source,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { readBoolean, readString } from '../read-fields.ts';
import { readCitations } from './citations.ts';
import { type Block, readCache, readContent, requireString, requireText } from './read-block.ts';

/** What the parts of one request share: names of tools by call id, and fields that have no neutral place, by path. */
export interface ReadContext {
  readonly toolNames: Map<string, string>;
  readonly extra: Record<string, unknown>;
}

/** Reads one block of a user message; kinds that only this dialect knows become opaque parts. */
export function readUserPart(block: Block, path: string, context: ReadContext): UserPart {
  return block.type === 'tool_result' ? readToolResult(block, path, context) : readInput(block, path, context);
}

/** Reads one block of an assistant message. */
export function readAssistantPart(block: Block, path: string, context: ReadContext): AssistantPart {
  switch (block.type) {
    case 'text':
      return readText(block, path);
    case 'thinking': {
      const signature = readString(block, 'signature', `${path}.signature`);
      // An empty signature is what a foreign model's thoughts carried to this caller.
      return compact({
        kind: 'reasoning',
        text: requireString(block, 'thinking', `${path}.thinking`),
        signature: signature === '' ? undefined : signature,
      });
    }
    case 'redacted_thinking':
      return { kind: 'reasoning', text: '', redacted: requireText(block, 'data', `${path}.data`) };
    case 'tool_use':
      return readToolCall(block, path, context);
    default:
      return opaque(block);
  }
}

/** Reads a text block. */
export function readText(block: Block, path: string): TextPart {
  const text = requireString(block, 'text', `${path}.text`);
  const citations = readCitations(block.citations);
  return compact({
    kind: 'text',
    text,
    cache: readCache(block, path),
    citations: citations.length > 0 ? citations : undefined,
  });
}

function readInput(block: Block, path: string, context: ReadContext): Exclude<UserPart, ToolResultPart> {
  switch (block.type) {
    case 'text':
      return readText(block, path);
    case 'image': {
      const source = readSource(readSourceObject(block, path), `${path}.source`);
      if (source === null) return opaque(block);
      return compact({ kind: 'image', source, cache: readCache(block, path) });
    }
    case 'document':
      return readDocument(block, path, context);
    default:
      return opaque(block);
  }
}

function readDocument(block: Block, path: string, context: ReadContext): DocumentPart | OpaquePart {
  const source = readSourceObject(block, path);
  for (const key of ['citations', 'context']) {
    if (block[key] !== undefined && block[key] !== null) context.extra[`${path}.${key}`] = block[key];
  }
  const neutral =
    source.type === 'text'
      ? { kind: 'text' as const, text: requireString(source, 'data', `${path}.source.data`) }
      : readSource(source, `${path}.source`);
  if (neutral === null) return opaque(block);
  const name = readString(block, 'title', `${path}.title`);
  return compact({ kind: 'document', source: neutral, name, cache: readCache(block, path) });
}

function readSourceObject(block: Block, path: string): JsonObject {
  if (isObject(block.source)) return block.source;
  throw invalidField(`${path}.source`, 'expected an object');
}

/** Null for kinds that have no neutral form, such as custom `content` documents. */
function readSource(source: JsonObject, path: string): Source | null {
  switch (source.type) {
    case 'base64':
      return {
        kind: 'base64',
        mediaType: requireText(source, 'media_type', `${path}.media_type`),
        data: requireText(source, 'data', `${path}.data`),
      };
    case 'url':
      return { kind: 'url', url: requireText(source, 'url', `${path}.url`) };
    case 'file':
      return { kind: 'file', id: requireText(source, 'file_id', `${path}.file_id`) };
    default:
      requireText(source, 'type', `${path}.type`);
      return null;
  }
}

function readToolCall(block: Block, path: string, context: ReadContext): ToolCallPart {
  const id = requireText(block, 'id', `${path}.id`);
  const name = requireText(block, 'name', `${path}.name`);
  const input = block.input ?? {};
  if (!isObject(input)) throw invalidField(`${path}.input`, 'expected an object');
  context.toolNames.set(id, name);
  return compact({
    kind: 'tool-call',
    id,
    name,
    arguments: JSON.stringify(input),
    signature: asString(block.signature),
    cache: readCache(block, path),
  });
}

function readToolResult(block: Block, path: string, context: ReadContext): ToolResultPart {
  const id = requireText(block, 'tool_use_id', `${path}.tool_use_id`);
  const blocks = readContent(block.content ?? [], `${path}.content`);
  return compact({
    kind: 'tool-result',
    id,
    name: context.toolNames.get(id),
    content: blocks.map((each, at) => readResultPart(each, `${path}.content[${at}]`, context)),
    isError: readBoolean(block, 'is_error', `${path}.is_error`),
    cache: readCache(block, path),
  });
}

function readResultPart(block: Block, path: string, context: ReadContext): ToolResultPart['content'][number] {
  const part = readInput(block, path, context);
  return part.kind === 'audio' ? opaque(block) : part;
}

function opaque(block: Block): OpaquePart {
  return { kind: 'opaque', dialect: 'anthropic-messages', type: block.type, value: block };
}

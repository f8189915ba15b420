import {
  type AssistantPart,
  type CacheMarker,
  type DocumentPart,
  type ImagePart,
  invalidField,
  isObject,
  type JsonObject,
  type Source,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { argumentsObject } from '../json-value.ts';
import { isForeignReasoning } from '../reasoning-origin.ts';
import type { ToolIds } from '../tool-ids.ts';

/** What the parts of one request share while they are written. */
export interface WriteContext {
  readonly toolIds: ToolIds;
  readonly lost: string[];
}

/** Writes one part of a message; null where the API has no block for it, which `lost` then names by its path. */
export function writePart(part: UserPart | AssistantPart, path: string, context: WriteContext): JsonObject | null {
  switch (part.kind) {
    case 'text':
      // The API refuses blank text blocks.
      return part.text.trim() === '' ? null : { type: 'text', text: part.text, ...cacheControl(part.cache) };
    case 'refusal':
      return part.text.trim() === '' ? null : { type: 'text', text: part.text };
    case 'image':
      return writeImage(part, path, context);
    case 'document':
      return writeDocument(part, path, context);
    case 'reasoning':
      // Thoughts that this API did not sign itself are refused.
      if (isForeignReasoning(part.redacted ?? part.signature, 'anthropic')) return lose(context, path, 'reasoning');
      if (part.redacted !== undefined) return { type: 'redacted_thinking', data: part.redacted };
      if (part.signature === undefined || part.signature === '') return lose(context, path, 'reasoning');
      return { type: 'thinking', thinking: part.text, signature: part.signature };
    case 'tool-call': {
      const input = argumentsObject(part.arguments);
      if (input === null) throw invalidField(`${path}.arguments`, 'expected the JSON text of an object');
      const id = context.toolIds.ofCall(part.id);
      return { type: 'tool_use', id, name: part.name, input, ...cacheControl(part.cache) };
    }
    case 'tool-result':
      return writeToolResult(part, path, context);
    case 'audio':
      return lose(context, path, 'audio');
    case 'opaque':
      if (part.dialect === 'anthropic-messages' && isObject(part.value)) return part.value;
      return lose(context, path, part.type);
  }
}

function writeToolResult(part: ToolResultPart, path: string, context: WriteContext): JsonObject {
  const blocks: JsonObject[] = [];
  for (const [at, each] of part.content.entries()) {
    const block = writePart(each, `${path}.content[${at}]`, context);
    if (block !== null) blocks.push(block);
  }
  return {
    type: 'tool_result',
    tool_use_id: context.toolIds.ofResult(part.id),
    ...(blocks.length === 0 ? {} : { content: plainText(blocks) ?? blocks }),
    ...(part.isError === undefined ? {} : { is_error: part.isError }),
    ...cacheControl(part.cache),
  };
}

/** The text of a single block that is nothing but text. Pure. */
export function plainText(blocks: readonly JsonObject[]): string | undefined {
  const [only, ...others] = blocks;
  if (only?.type !== 'text' || others.length > 0 || Object.keys(only).length > 2) return undefined;
  return typeof only.text === 'string' ? only.text : undefined;
}

const IMAGE_TYPES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

function writeImage(part: ImagePart, path: string, context: WriteContext): JsonObject | null {
  let { source } = part;
  if (source.kind === 'base64') {
    const mediaType = source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType;
    if (!IMAGE_TYPES.has(mediaType)) return lose(context, path, mediaType);
    source = { ...source, mediaType };
  }
  const written = writeSource(source);
  if (written === null) return lose(context, path, 'image file of another provider');
  if (part.detail !== undefined && part.detail !== 'auto') context.lost.push(`${path}.detail`);
  return { type: 'image', source: written, ...cacheControl(part.cache) };
}

function writeDocument(part: DocumentPart, path: string, context: WriteContext): JsonObject | null {
  const source = writeDocumentSource(part.source);
  if (source === null) {
    const what = part.source.kind === 'base64' ? part.source.mediaType : 'file of another provider';
    return lose(context, path, what);
  }
  return {
    type: 'document',
    source,
    ...(part.name === undefined ? {} : { title: part.name }),
    ...cacheControl(part.cache),
  };
}

function writeDocumentSource(source: DocumentPart['source']): JsonObject | null {
  if (source.kind === 'text') return textSource(source.text);
  if (source.kind !== 'base64' || source.mediaType === 'application/pdf') return writeSource(source);
  if (!/^text\/|^application\/(json|xml|yaml|x-yaml|javascript)\b/.test(source.mediaType)) return null;
  const text = decodeText(source.data);
  return text === null ? null : textSource(text);
}

function textSource(text: string): JsonObject {
  return { type: 'text', media_type: 'text/plain', data: text };
}

function decodeText(base64: string): string | null {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
  } catch {
    return null;
  }
}

/** Files live at one provider; this one's ids begin with `file_`. */
function writeSource(source: Source): JsonObject | null {
  switch (source.kind) {
    case 'base64':
      return { type: 'base64', media_type: source.mediaType, data: source.data };
    case 'url':
      return { type: 'url', url: source.url };
    case 'file':
      return source.id.startsWith('file_') ? { type: 'file', file_id: source.id } : null;
  }
}

/** A cache breakpoint, with its lifetime where one was given. Pure. */
export function cacheControl(cache: CacheMarker | undefined): JsonObject {
  return cache === undefined ? {} : { cache_control: { type: 'ephemeral', ...cache } };
}

function lose(context: WriteContext, path: string, what: string): null {
  context.lost.push(`${path} (${what})`);
  return null;
}

import {
  type AssistantPart,
  type CacheMarker,
  type DocumentPart,
  type ImagePart,
  invalidField,
  isObject,
  type JsonObject,
  type ToolCallPart,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { argumentsObject } from '../json-value.ts';
import { isForeignReasoning, type ReasoningOrigin } from '../reasoning-origin.ts';
import type { ToolIds } from '../tool-ids.ts';
import { formatOf } from './media-formats.ts';
import { writeRedacted } from './redacted.ts';

/** What the parts of one request share while they are written. */
export interface WriteContext {
  readonly toolIds: ToolIds;
  readonly documentNames: Set<string>;
  /** Who made the model: it takes back only its own thoughts. */
  readonly maker: ReasoningOrigin;
  readonly canHear: boolean;
  readonly lost: string[];
}

/** Writes one part as its block and the cache point behind it; nothing for what the API has no block for, which `lost` names. */
export function writePart(part: UserPart | AssistantPart, path: string, context: WriteContext): JsonObject[] {
  const block = writeBlock(part, path, context);
  if (block === null) return [];
  return 'cache' in part && part.cache !== undefined ? [block, cachePoint(part.cache)] : [block];
}

/** A cache point, with its lifetime where one was given. Pure. */
export function cachePoint(cache: CacheMarker): JsonObject {
  return { cachePoint: { type: 'default', ...cache } };
}

function writeBlock(part: UserPart | AssistantPart, path: string, context: WriteContext): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // The API refuses blank text blocks.
      return part.text.trim() === '' ? null : { text: part.text };
    case 'image':
      return writeImage(part, path, context);
    case 'document':
      return writeDocument(part, path, context);
    case 'audio': {
      const { source } = part;
      const format = source.kind === 'base64' ? formatOf('audio', source.mediaType) : undefined;
      if (source.kind !== 'base64' || format === undefined || !context.canHear) return lose(context, path, 'audio');
      return { audio: { format, source: { bytes: source.data } } };
    }
    case 'reasoning':
      return writeReasoning(part, path, context);
    case 'tool-call':
      return writeCall(part, path, context);
    case 'tool-result':
      return writeResult(part, path, context);
    case 'opaque':
      if (part.dialect === 'bedrock-converse' && isObject(part.value)) return part.value;
      return lose(context, path, part.type);
  }
}

function writeImage(part: ImagePart, path: string, context: WriteContext): JsonObject | null {
  const { source, detail } = part;
  if (source.kind !== 'base64') return lose(context, path, `image by ${source.kind === 'url' ? 'address' : 'file id'}`);
  const format = formatOf('image', source.mediaType);
  if (format === undefined) return lose(context, path, source.mediaType);
  if (detail !== undefined && detail !== 'auto') context.lost.push(`${path}.detail`);
  return { image: { format, source: { bytes: source.data } } };
}

function writeDocument(part: DocumentPart, path: string, context: WriteContext): JsonObject | null {
  const { source } = part;
  if (source.kind === 'text') {
    return {
      document: { format: 'txt', name: documentName(part.name, context), source: { bytes: toBase64(source.text) } },
    };
  }
  if (source.kind !== 'base64')
    return lose(context, path, `document by ${source.kind === 'url' ? 'address' : 'file id'}`);
  const format = formatOf('document', source.mediaType);
  if (format === undefined) return lose(context, path, source.mediaType);
  return { document: { format, name: documentName(part.name, context), source: { bytes: source.data } } };
}

/** Names are demanded, from a narrow alphabet without runs of blanks, and each once (DocumentBlock, read 2026-11). */
function documentName(name: string | undefined, { documentNames }: WriteContext): string {
  const legal = (name ?? '')
    .replaceAll(/[^a-zA-Z0-9\s()[\]-]+/g, '-')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const base = legal.slice(0, 190) || `document-${documentNames.size + 1}`;
  let wire = base;
  for (let number = 2; documentNames.has(wire); number++) wire = `${base} (${number})`;
  documentNames.add(wire);
  return wire;
}

function toBase64(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function writeReasoning(
  part: Extract<AssistantPart, { kind: 'reasoning' }>,
  path: string,
  context: WriteContext,
): JsonObject | null {
  const { text, signature, redacted } = part;
  // Thoughts that the model did not sign itself are refused.
  if (isForeignReasoning(redacted ?? signature, context.maker)) return lose(context, path, 'reasoning');
  if (redacted !== undefined) {
    const bytes = writeRedacted(redacted);
    return bytes === null ? lose(context, path, 'reasoning') : { reasoningContent: { redactedContent: bytes } };
  }
  if (signature === undefined || signature === '') return lose(context, path, 'reasoning');
  return { reasoningContent: { reasoningText: { text, signature } } };
}

function writeCall(part: ToolCallPart, path: string, context: WriteContext): JsonObject {
  const input = argumentsObject(part.arguments);
  if (input === null) throw invalidField(`${path}.arguments`, 'expected the JSON text of an object');
  return { toolUse: { toolUseId: context.toolIds.ofCall(part.id), name: part.name, input } };
}

function writeResult(part: ToolResultPart, path: string, context: WriteContext): JsonObject {
  const content = part.content.flatMap((each, at): JsonObject[] => {
    const block = writeBlock(each, `${path}.content[${at}]`, context);
    return block === null ? [] : [block];
  });
  return {
    toolResult: compact<JsonObject>({
      toolUseId: context.toolIds.ofResult(part.id),
      content,
      // Many models refuse the field; success is what its absence says.
      status: part.isError === true ? 'error' : undefined,
    }),
  };
}

function lose(context: WriteContext, path: string, what: string): null {
  context.lost.push(`${path} (${what})`);
  return null;
}

import {
  type AssistantPart,
  type AudioPart,
  asObject,
  asString,
  type CacheMarker,
  type DocumentPart,
  type ImagePart,
  invalidField,
  isObject,
  type JsonObject,
  type OpaquePart,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { readObject, readObjects, readString } from '../read-fields.ts';
import { readCitations } from './citations.ts';
import { mediaTypeOf } from './media-formats.ts';
import { readRedacted } from './redacted.ts';

/** What the parts of one request share: names of tools by call id, and what has no neutral place, by path. */
export interface ReadContext {
  readonly toolNames: Map<string, string>;
  readonly extra: Record<string, unknown>;
}

type AnyPart = UserPart | AssistantPart;

/** Reads the blocks of one turn; a cache point marks the part before it. What an assistant says in no other API stays a block of this one. Throws `invalid_request`. */
export function readBlocks(value: unknown, path: string, context: ReadContext, isSpoken = false): AnyPart[] {
  if (!Array.isArray(value)) throw invalidField(path, 'expected a list of content blocks');
  const parts: AnyPart[] = [];
  for (const [at, block] of value.entries()) {
    const place = `${path}[${at}]`;
    if (!isObject(block)) throw invalidField(place, 'expected a content block');
    if (isObject(block.cachePoint)) markLast(parts, block.cachePoint, place, context);
    else if (isSpoken && isForUsers(block)) parts.push(opaque(Object.keys(block)[0] ?? '', block));
    else parts.push(readBlock(block, place, context));
  }
  return parts;
}

function isForUsers(block: JsonObject): boolean {
  return block.document !== undefined || block.toolResult !== undefined;
}

function markLast(parts: AnyPart[], point: JsonObject, path: string, context: ReadContext): void {
  const last = parts.at(-1);
  // Thoughts, sounds and parts of this API alone carry no mark; the point is named instead of dropped in silence.
  if (last === undefined || NO_MARK.has(last.kind)) {
    context.extra[`${path}.cachePoint`] = point;
  } else parts[parts.length - 1] = { ...last, cache: readMarker(point) } as AnyPart;
}

const NO_MARK: ReadonlySet<string> = new Set(['audio', 'opaque', 'reasoning', 'refusal']);

/** A cache point's lifetime; later ones count as the default. Pure. */
export function readMarker(point: JsonObject): CacheMarker {
  return point.ttl === '5m' || point.ttl === '1h' ? { ttl: point.ttl } : {};
}

function readBlock(block: JsonObject, path: string, context: ReadContext): AnyPart {
  const [kind = ''] = Object.keys(block).filter((key) => block[key] !== null && block[key] !== undefined);
  const value = block[kind];
  switch (kind) {
    case 'text':
      return readText(value, `${path}.text`);
    case 'image':
    case 'audio':
    case 'document':
      return readMedia(kind, need(value, `${path}.${kind}`), `${path}.${kind}`, block, context);
    case 'toolUse':
      return readCall(need(value, `${path}.toolUse`), `${path}.toolUse`, block, context);
    case 'toolResult':
      return readResult(need(value, `${path}.toolResult`), `${path}.toolResult`, block, context);
    case 'reasoningContent':
      return readReasoning(need(value, `${path}.reasoningContent`), block);
    case 'citationsContent': {
      const text = citedText(asObject(value));
      if (text === null) return opaque(kind, block);
      const citations = readCitations(asObject(value).citations);
      return compact<TextPart>({ kind: 'text', text, citations: citations.length > 0 ? citations : undefined });
    }
    case 'guardContent': {
      // The words count for every model; what a guardrail does with them is this API's alone.
      const text = asString(asObject(asObject(value).text).text) ?? null;
      if (text === null) return opaque(kind, block);
      context.extra[`${path}.${kind}`] = value;
      return { kind: 'text', text };
    }
    case '':
      throw invalidField(path, 'expected a content block such as {"text": "…"}');
    default:
      return opaque(kind, block);
  }
}

function readText(value: unknown, path: string): TextPart {
  if (typeof value !== 'string') throw invalidField(path, 'expected a string');
  return { kind: 'text', text: value };
}

/** The words of a cited answer; null where there are none. Pure. */
export function citedText(value: JsonObject): string | null {
  if (!Array.isArray(value.content)) return null;
  return value.content.map((piece) => asString(asObject(piece).text) ?? '').join('');
}

function readMedia(
  kind: 'image' | 'audio' | 'document',
  media: JsonObject,
  path: string,
  block: JsonObject,
  context: ReadContext,
): ImagePart | AudioPart | DocumentPart | OpaquePart {
  const source = readObject(media, 'source', `${path}.source`);
  if (source === undefined) throw invalidField(`${path}.source`, 'expected an object with `bytes`');
  const name = kind === 'document' ? readString(media, 'name', `${path}.name`) : undefined;
  for (const key of ['context', 'citations']) {
    if (media[key] !== undefined && media[key] !== null) context.extra[`${path}.${key}`] = media[key];
  }
  if (kind === 'document' && typeof source.text === 'string') {
    return compact<DocumentPart>({ kind, source: { kind: 'text', text: source.text }, name });
  }
  const data = readString(source, 'bytes', `${path}.source.bytes`);
  const mediaType = mediaTypeOf(kind, readString(media, 'format', `${path}.format`));
  // In a bucket, in pieces, or in a format that has no media type here: only this API reads it.
  if (data === undefined || mediaType === undefined) return opaque(kind, block);
  const bytes = { kind: 'base64' as const, mediaType, data };
  if (kind === 'document') return compact<DocumentPart>({ kind, source: bytes, name });
  return { kind, source: bytes };
}

function readCall(call: JsonObject, path: string, block: JsonObject, context: ReadContext): ToolCallPart | OpaquePart {
  if (call.type === 'server_tool_use') return opaque('server_tool_use', block);
  const id = needText(call, 'toolUseId', path);
  const name = needText(call, 'name', path);
  const input = call.input ?? {};
  if (!isObject(input)) throw invalidField(`${path}.input`, 'expected an object');
  context.toolNames.set(id, name);
  return { kind: 'tool-call', id, name, arguments: JSON.stringify(input) };
}

function readResult(
  result: JsonObject,
  path: string,
  block: JsonObject,
  context: ReadContext,
): ToolResultPart | OpaquePart {
  // With a type it answers a tool of the provider's own.
  if (typeof result.type === 'string') return opaque(result.type, block);
  const id = needText(result, 'toolUseId', path);
  const status = readString(result, 'status', `${path}.status`);
  const content = (readObjects(result, 'content', `${path}.content`) ?? []).map((part, at) =>
    readResultPart(part, `${path}.content[${at}]`, context),
  );
  return compact<ToolResultPart>({
    kind: 'tool-result',
    id,
    name: context.toolNames.get(id),
    content,
    isError: status === undefined ? undefined : status === 'error',
  });
}

function readResultPart(part: JsonObject, path: string, context: ReadContext): ToolResultPart['content'][number] {
  if (part.json !== undefined && part.json !== null) return { kind: 'text', text: JSON.stringify(part.json) };
  const read = readBlock(part, path, context);
  return read.kind === 'text' || read.kind === 'image' || read.kind === 'document' || read.kind === 'opaque'
    ? read
    : opaque(read.kind, part);
}

/** Thoughts, of a request or an answer, with their signature; encrypted ones as they are. Pure. */
export function readReasoning(content: JsonObject, block: JsonObject): AssistantPart {
  const redacted = asString(content.redactedContent);
  if (redacted !== undefined) return { kind: 'reasoning', text: '', redacted: readRedacted(redacted) };
  if (!isObject(content.reasoningText)) return opaque('reasoningContent', block);
  const signature = asString(content.reasoningText.signature) || undefined;
  return compact({ kind: 'reasoning', text: asString(content.reasoningText.text) ?? '', signature });
}

/** A block that only this API has. Pure. */
export function opaque(type: string, value: unknown): OpaquePart {
  return { kind: 'opaque', dialect: 'bedrock-converse', type, value };
}

function need(value: unknown, path: string): JsonObject {
  if (isObject(value)) return value;
  throw invalidField(path, 'expected an object');
}

function needText(object: JsonObject, key: string, path: string): string {
  const value = readString(object, key, `${path}.${key}`);
  if (value) return value;
  throw invalidField(`${path}.${key}`, 'expected a non-empty string');
}

import {
  type AssistantPart,
  type AudioPart,
  asObject,
  asString,
  type ImagePart,
  isObject,
  type JsonObject,
  type Source,
  type ToolCallPart,
} from '#core';
import { compact } from '../compact.ts';
import { partType } from './part-type.ts';
import { fieldOf } from './spelling.ts';

/** Reads a part of an answer other than text, laxly; null where there is nothing in it. */
export function readAnswerPart(
  part: JsonObject,
  signature: string | undefined,
  nextCallId: () => string,
): AssistantPart | null {
  const call = fieldOf(part, 'functionCall');
  if (isObject(call)) {
    const id = asString(call.id);
    return compact<ToolCallPart>({
      kind: 'tool-call',
      id: id === undefined || id === '' ? nextCallId() : id,
      name: asString(call.name) ?? '',
      arguments: JSON.stringify(asObject(call.args)),
      signature,
    });
  }
  return readMediaPart(part) ?? readOpaquePart(part);
}

function readMediaPart(part: JsonObject): ImagePart | AudioPart | null {
  const inline = fieldOf(part, 'inlineData');
  const file = fieldOf(part, 'fileData');
  const media = asObject(inline ?? file);
  const mediaType = asString(fieldOf(media, 'mimeType')) ?? '';
  const data = asString(media.data);
  const url = asString(fieldOf(media, 'fileUri'));
  const source: Source | null =
    data !== undefined
      ? { kind: 'base64', mediaType, data }
      : url !== undefined
        ? { kind: 'url', url, mediaType }
        : null;
  if (source === null) return null;
  if (mediaType.startsWith('image/')) return { kind: 'image', source };
  return mediaType.startsWith('audio/') ? { kind: 'audio', source } : null;
}

function readOpaquePart(part: JsonObject): AssistantPart | null {
  const type = partType(part);
  return type === undefined ? null : { kind: 'opaque', dialect: 'gemini', type, value: part };
}

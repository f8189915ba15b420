import {
  type AudioPart,
  asString,
  type DocumentPart,
  type ImagePart,
  invalidField,
  type JsonObject,
  type OpaquePart,
  type Source,
} from '#core';
import { compact } from '../compact.ts';
import { objectAt, stringAt } from './fields.ts';
import { guessMediaType } from './media-type.ts';
import { fieldOf } from './spelling.ts';

type MediaPart = ImagePart | AudioPart | DocumentPart | OpaquePart;

/** Reads `inlineData` or `fileData`; undefined where the part has neither. Video stays opaque: no other dialect takes it. Throws `invalid_request`. Pure. */
export function readMedia(part: JsonObject, path: string): MediaPart | undefined {
  const inline = objectAt(part, 'inlineData', path);
  if (inline !== undefined) {
    const mediaType = stringAt(inline, 'mimeType', `${path}.inlineData`) ?? '';
    const data = stringAt(inline, 'data', `${path}.inlineData`);
    if (data === undefined) throw invalidField(`${path}.inlineData.data`, 'expected base64 text');
    return mediaPart(part, 'inlineData', mediaType, { kind: 'base64', mediaType, data: standardBase64(data) });
  }
  const file = objectAt(part, 'fileData', path);
  if (file === undefined) return undefined;
  const url = stringAt(file, 'fileUri', `${path}.fileData`);
  if (url === undefined) throw invalidField(`${path}.fileData.fileUri`, 'expected a URI');
  const mediaType = stringAt(file, 'mimeType', `${path}.fileData`) ?? guessMediaType(url);
  const source = compact<Source & { kind: 'url' }>({ kind: 'url', url, mediaType });
  return mediaPart(part, 'fileData', mediaType ?? '', source, asString(fieldOf(file, 'displayName')));
}

function mediaPart(part: JsonObject, type: string, mediaType: string, source: Source, name?: string): MediaPart {
  const [family = ''] = mediaType.toLowerCase().split('/');
  if (family === 'image') return { kind: 'image', source };
  if (family === 'audio') return { kind: 'audio', source };
  if (family === 'video' || (family === '' && source.kind === 'url')) {
    return { kind: 'opaque', dialect: 'gemini', type, value: part };
  }
  return compact<DocumentPart>({ kind: 'document', source, name });
}

/** Python's client sends URL-safe base64, which Google takes and others refuse. */
function standardBase64(data: string): string {
  return data.includes('-') || data.includes('_') ? data.replaceAll('-', '+').replaceAll('_', '/') : data;
}

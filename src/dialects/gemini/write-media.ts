import type { AudioPart, DocumentPart, ImagePart, JsonObject, Source } from '#core';
import { compact } from '../compact.ts';
import { parseDataUrl } from '../data-url.ts';
import { guessMediaType } from './media-type.ts';

// Google knows the type of what it holds itself, and of videos on YouTube; any other URL needs one.
const TYPED_BY_GOOGLE =
  /^https:\/\/(generativelanguage\.googleapis\.com\/.*files\/|(www\.|m\.)?youtube\.com\/|youtu\.be\/)/;

/** A media part: `inlineData`, `fileData`, or text for a document of text. Null where Gemini cannot take it: another provider's file id, a URL whose type nothing tells. Pure. */
export function writeMedia(part: ImagePart | AudioPart | DocumentPart): JsonObject | null {
  const { source } = part;
  if (source.kind === 'text') return { text: source.text };
  return writeSource(source, part.kind === 'document' ? part.name : undefined);
}

function writeSource(source: Source, displayName: string | undefined): JsonObject | null {
  if (source.kind === 'base64') return { inlineData: { mimeType: source.mediaType, data: source.data } };
  const uri = source.kind === 'url' ? source.url : source.id;
  const inline = parseDataUrl(uri);
  if (inline !== null) return { inlineData: { mimeType: inline.mediaType, data: inline.data } };
  if (!/^(https?|gs):\/\//i.test(uri)) return null;
  const mimeType = source.mediaType ?? guessMediaType(uri);
  if (mimeType === undefined && !TYPED_BY_GOOGLE.test(uri)) return null;
  return {
    fileData: compact<{ fileUri: string; mimeType?: string; displayName?: string }>({
      fileUri: uri,
      mimeType,
      displayName,
    }),
  };
}

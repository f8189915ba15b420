import { asArray, asNumber, asObject, asString, type Citation, type CitationSource, type JsonObject } from '#core';
import { rangeOf } from '../cited-text.ts';
import { compact } from '../compact.ts';

/** Reads the `annotations` of an `output_text` part. Pure. */
export function readAnnotations(value: unknown): Citation[] {
  return asArray(value).flatMap((item) => readAnnotation(asObject(item)) ?? []);
}

/** Reads one; null where it names no source. Ranges count characters of the part. Pure. */
export function readAnnotation(annotation: JsonObject): Citation | null {
  const source = readSource(annotation);
  if (source === null) return null;
  const start = asNumber(annotation.start_index);
  const end = asNumber(annotation.end_index);
  return {
    ...(start !== undefined && end !== undefined && end > start ? { start, end } : {}),
    source,
    own: { dialect: 'openai-responses', value: annotation },
  };
}

function readSource(annotation: JsonObject): CitationSource | null {
  const url = asString(annotation.url);
  const title = asString(annotation.title);
  if (url !== undefined) return compact<CitationSource>({ kind: 'url', url, title });
  const id = asString(annotation.file_id);
  return id === undefined ? null : compact<CitationSource>({ kind: 'file', id, name: asString(annotation.filename) });
}

/** Writes one for a part of that many characters; null where it leads to something that the API has no kind for. Pure. */
export function writeAnnotation(citation: Citation, length: number): JsonObject | null {
  const { source, own } = citation;
  if (own?.dialect === 'openai-responses') return own.value;
  const { start, end } = rangeOf(citation, length);
  switch (source.kind) {
    case 'url': {
      const { url, title = url } = source;
      return { type: 'url_citation', start_index: start, end_index: end, url, title };
    }
    case 'file':
      return { type: 'file_citation', file_id: source.id, filename: source.name ?? source.id, index: start };
    case 'document':
    case 'tool':
      return null;
  }
}

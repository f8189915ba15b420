import {
  asArray,
  asNumber,
  asObject,
  asString,
  type Citation,
  type CitationSource,
  isObject,
  type JsonObject,
} from '#core';
import { compact } from '../compact.ts';

/** Reads the `citations` of a `citationsContent` block; each stands for all of its words. Pure. */
export function readCitations(value: unknown): Citation[] {
  return asArray(value).map((item) => readCitation(asObject(item)));
}

/** Reads one, of a block or a delta. Pure. */
export function readCitation(value: JsonObject): Citation {
  const passage = asArray(value.sourceContent)
    .map((piece) => asString(asObject(piece).text) ?? '')
    .join('');
  return {
    source: readSource(value),
    ...(passage === '' ? {} : { passage }),
    own: { dialect: 'bedrock-converse', value },
  };
}

function readSource(value: JsonObject): CitationSource {
  const location = asObject(value.location);
  const title = asString(value.title);
  const source = asString(value.source);
  const url =
    asString(asObject(location.web).url) ?? (source !== undefined && /^https?:/i.test(source) ? source : undefined);
  if (url !== undefined) return compact({ kind: 'url', url, title });
  const place = Object.values(location).find(isObject);
  const index = asNumber(place?.documentIndex) ?? asNumber(place?.searchResultIndex);
  return compact({ kind: 'document', index, id: source, title });
}

/** Writes one as the API's own. Pure. */
export function writeCitation({ source, passage, own }: Citation): JsonObject {
  if (own?.dialect === 'bedrock-converse') return own.value;
  return compact<JsonObject>({
    title: 'title' in source ? source.title : 'name' in source ? source.name : undefined,
    source: source.kind === 'url' ? undefined : 'id' in source ? source.id : undefined,
    sourceContent: passage === undefined ? undefined : [{ text: passage }],
    location: locationOf(source),
  });
}

function locationOf(source: CitationSource): JsonObject | undefined {
  if (source.kind === 'url') return { web: { url: source.url } };
  if (source.kind !== 'document' || source.index === undefined) return undefined;
  return { documentChunk: { documentIndex: source.index, start: 0, end: 0 } };
}

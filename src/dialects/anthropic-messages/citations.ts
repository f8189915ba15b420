import { asArray, asNumber, asObject, asString, type Citation, type CitationSource, type JsonObject } from '#core';

/** Reads the `citations` of a text block; each stands for all of its block. Pure. */
export function readCitations(value: unknown): Citation[] {
  return asArray(value).flatMap((item) => readCitation(asObject(item)) ?? []);
}

/** Reads one, of a block or a `citations_delta`; null where it names no source. Pure. */
export function readCitation(value: JsonObject): Citation | null {
  const source = readSource(value);
  if (source === null) return null;
  const passage = asString(value.cited_text);
  return {
    source,
    ...(passage === undefined ? {} : { passage }),
    own: { dialect: 'anthropic-messages', value },
  };
}

function readSource(value: JsonObject): CitationSource | null {
  const url = asString(value.url);
  const title = asString(value.title) ?? asString(value.document_title);
  const named = title === undefined ? {} : { title };
  if (url !== undefined) return { kind: 'url', url, ...named };
  const place = asString(value.source);
  if (place !== undefined && /^https?:/i.test(place)) return { kind: 'url', url: place, ...named };
  const index = asNumber(value.document_index) ?? asNumber(value.search_result_index);
  const id = place ?? asString(value.file_id);
  if (index === undefined && id === undefined) return null;
  return {
    kind: 'document',
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    ...named,
  };
}

/**
 * Writes one as the block's own; null where it leads to something that the API has no kind for. A page of the web has no
 * `encrypted_index`, which its own searches alone give: an empty one tells it apart when it comes back. Pure.
 */
export function writeCitation({ source, passage = '', own }: Citation): JsonObject | null {
  if (own?.dialect === 'anthropic-messages') return own.value;
  switch (source.kind) {
    case 'url': {
      const { url, title = null } = source;
      return { type: 'web_search_result_location', cited_text: passage, encrypted_index: '', title, url };
    }
    case 'document': {
      const { index = 0, title = source.id ?? null } = source;
      const place = { start_char_index: 0, end_char_index: passage.length };
      return { type: 'char_location', cited_text: passage, document_index: index, document_title: title, ...place };
    }
    case 'file':
    case 'tool':
      return null;
  }
}

/** Whether a citation came from another provider's answer: its own API would refuse it. Pure. */
export function isForeignCitation(value: unknown): boolean {
  const { type, encrypted_index } = asObject(value);
  return type === 'web_search_result_location' && encrypted_index === '';
}

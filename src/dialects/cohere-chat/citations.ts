import { asArray, asNumber, asObject, asString, type Citation, type CitationSource, type JsonObject } from '#core';
import { nameOfType } from '../answer-losses.ts';
import { rangeOf } from '../cited-text.ts';
import { compact } from '../compact.ts';

/** A citation with the number of the content block that it speaks of. */
export interface NumberedCitation {
  readonly at: number;
  readonly citation: Citation;
}

/**
 * Reads one of `citations`: one for each of its sources, in their order. What speaks of the plan or of thoughts is named
 * by `unread`. Ranges count characters of the block. Pure but for `unread`.
 */
export function readCitation(value: JsonObject, unread: (what: string) => void): NumberedCitation[] {
  const type = asString(value.type) ?? 'TEXT_CONTENT';
  if (type !== 'TEXT_CONTENT') {
    unread(`citations (${nameOfType(type)})`);
    return [];
  }
  const start = asNumber(value.start);
  const end = asNumber(value.end);
  const range = start !== undefined && end !== undefined && end > start ? { start, end } : {};
  const at = asNumber(value.content_index) ?? 0;
  return asArray(value.sources).map((item, index): NumberedCitation => {
    const source = readSource(asObject(item));
    // Told once: the citation as it came holds all its sources.
    const own = { dialect: 'cohere-chat' as const, value: index === 0 ? value : {} };
    return { at, citation: { ...range, ...source, own } };
  });
}

function readSource(source: JsonObject): Pick<Citation, 'source' | 'passage'> {
  const id = asString(source.id) ?? '';
  if (source.type === 'tool') return { source: { kind: 'tool', id } };
  const document = asObject(source.document);
  const title = asString(document.title);
  const url = asString(document.url);
  const passage = asString(document.snippet) ?? asString(document.text);
  const found: CitationSource =
    url === undefined ? compact({ kind: 'document', id, title }) : compact({ kind: 'url', url, title });
  return compact({ source: found, passage });
}

/** Writes one of a block of that many characters; null for a further source of one that was written already. Pure. */
export function writeCitation(citation: Citation, at: number, characters: readonly string[]): JsonObject | null {
  const { own, source, passage } = citation;
  if (own?.dialect === 'cohere-chat') return Object.keys(own.value).length === 0 ? null : own.value;
  const { start, end } = rangeOf(citation, characters.length);
  const text = characters.slice(start, end).join('');
  return { start, end, text, sources: [writeSource(source, passage)], type: 'TEXT_CONTENT', content_index: at };
}

function writeSource(source: CitationSource, snippet: string | undefined): JsonObject {
  switch (source.kind) {
    case 'tool':
      return { type: 'tool', id: source.id, tool_output: {} };
    case 'url': {
      const { url, title } = source;
      return { type: 'document', id: url, document: compact({ id: url, url, title, snippet }) };
    }
    case 'document': {
      const { title, index } = source;
      const id = source.id ?? `doc:${index ?? 0}`;
      return { type: 'document', id, document: compact({ id, title, snippet }) };
    }
    case 'file':
      return { type: 'document', id: source.id, document: compact({ id: source.id, title: source.name, snippet }) };
  }
}

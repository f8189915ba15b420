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
import { characterCount, rangeOf } from '../cited-text.ts';
import { compact } from '../compact.ts';
import { fieldOf } from './spelling.ts';

/** A text block of an answer, by its neutral index. */
export interface CitedBlock {
  readonly index: number;
  readonly text: string;
}

/** A citation and the block that it belongs to. */
export interface PlacedCitation {
  readonly index: number;
  readonly citation: Citation;
}

/**
 * Reads what a candidate rests on: `groundingMetadata` (searches, retrieval, maps) and `citationMetadata` (recited
 * works). Its segments count bytes of the text. A chunk that no segment names stands for the first block. Pure.
 */
export function readGrounding(candidate: JsonObject, blocks: readonly CitedBlock[]): PlacedCitation[] {
  const [first] = blocks;
  if (first === undefined) return [];
  const placed: PlacedCitation[] = [];
  const grounding = asObject(fieldOf(candidate, 'groundingMetadata'));
  const sources = asArray(fieldOf(grounding, 'groundingChunks')).map((chunk) => readChunk(asObject(chunk)));
  const used = new Set<number>();
  for (const support of asArray(fieldOf(grounding, 'groundingSupports')).map(asObject)) {
    const place = placeOf(asObject(support.segment), blocks);
    for (const at of asArray(fieldOf(support, 'groundingChunkIndices'))) {
      const source = typeof at === 'number' ? sources[at] : undefined;
      if (source == null) continue;
      used.add(at as number);
      placed.push({ index: place.index, citation: { ...place.range, ...source } });
    }
  }
  for (const [at, source] of sources.entries()) {
    if (source !== null && !used.has(at)) placed.push({ index: first.index, citation: source });
  }
  const recited = asObject(fieldOf(candidate, 'citationMetadata'));
  for (const work of asArray(fieldOf(recited, 'citationSources') ?? recited.citations).map(asObject)) {
    const url = asString(work.uri);
    if (url === undefined || url === '') continue;
    const place = placeOf(work, blocks);
    const title = asString(work.title) || undefined;
    placed.push({ index: place.index, citation: { ...place.range, source: compact({ kind: 'url', url, title }) } });
  }
  return placed;
}

/** What a candidate tells beside its text that no other dialect has. */
export function unreadGrounding(candidate: JsonObject): string[] {
  const grounding = asObject(fieldOf(candidate, 'groundingMetadata'));
  return [
    ...(isObject(fieldOf(grounding, 'searchEntryPoint')) ? ['groundingMetadata.searchEntryPoint'] : []),
    ...(isObject(fieldOf(candidate, 'urlContextMetadata')) ? ['urlContextMetadata'] : []),
  ];
}

function readChunk(chunk: JsonObject): Pick<Citation, 'source' | 'passage'> | null {
  const web = asObject(chunk.web ?? chunk.maps);
  const title = asString(web.title) || undefined;
  const url = asString(web.uri);
  if (url !== undefined) return { source: compact<CitationSource>({ kind: 'url', url, title }) };
  const found = asObject(fieldOf(chunk, 'retrievedContext'));
  const id = asString(found.uri) || asString(fieldOf(found, 'documentName')) || undefined;
  const name = asString(found.title) || undefined;
  if (id === undefined && name === undefined) return null;
  return compact({
    source: compact<CitationSource>({ kind: 'document', id, title: name }),
    passage: asString(found.text) || undefined,
  });
}

/** Where a segment lies: by its bytes in the joined text where they say the segment's words, else by the words themselves, else everywhere. */
function placeOf(
  segment: JsonObject,
  blocks: readonly CitedBlock[],
): { readonly index: number; readonly range: Pick<Citation, 'start' | 'end'> } {
  const joined = blocks.map(({ text }) => text).join('');
  const words = asString(segment.text);
  const end = asNumber(fieldOf(segment, 'endIndex'));
  const bytes = new TextEncoder().encode(joined);
  const from = asNumber(fieldOf(segment, 'startIndex')) ?? 0;
  const decode = (a: number, b: number) => new TextDecoder().decode(bytes.subarray(a, b));
  let at = -1;
  let length = 0;
  if (end !== undefined && end > from && end <= bytes.length) {
    const said = decode(from, end);
    if (words === undefined || words === '' || said === words) {
      at = decode(0, from).length;
      length = said.length;
    }
  }
  if (at < 0 && words) {
    at = joined.indexOf(words);
    length = words.length;
  }
  let before = 0;
  for (const { index, text } of blocks) {
    if (at >= before && at + length <= before + text.length && length > 0) {
      const start = characterCount(text.slice(0, at - before));
      return { index, range: { start, end: start + characterCount(text.slice(at - before, at - before + length)) } };
    }
    before += text.length;
  }
  return { index: blocks[0]?.index ?? 0, range: {} };
}

/**
 * Writes citations of these blocks as `groundingMetadata`; undefined where there are none. Segments count bytes from the
 * start of the joined text. Kinds without a chunk of their own are named by `lose`. Pure but for `lose`.
 */
export function writeGrounding(
  blocks: readonly CitedBlock[],
  citations: readonly PlacedCitation[],
  lose: ((what: string) => void) | undefined,
): JsonObject | undefined {
  const chunks: JsonObject[] = [];
  const known = new Map<string, number>();
  const supports: JsonObject[] = [];
  const encoder = new TextEncoder();
  for (const { index, citation } of citations) {
    const chunk = writeChunk(citation);
    if (chunk === null) {
      lose?.(`citations (${citation.source.kind})`);
      continue;
    }
    const key = JSON.stringify(chunk);
    const at = known.get(key) ?? chunks.push(chunk) - 1;
    known.set(key, at);
    const position = blocks.findIndex((block) => block.index === index);
    const characters = [...(blocks[position]?.text ?? '')];
    if (characters.length === 0) continue;
    const before = blocks.slice(0, position).map(({ text }) => text);
    const { start, end } = rangeOf(citation, characters.length);
    const text = characters.slice(start, end).join('');
    const startIndex = encoder.encode(before.join('') + characters.slice(0, start).join('')).length;
    const segment = { startIndex, endIndex: startIndex + encoder.encode(text).length, text };
    supports.push({ segment, groundingChunkIndices: [at] });
  }
  return chunks.length === 0 ? undefined : { groundingChunks: chunks, groundingSupports: supports };
}

function writeChunk({ source, passage }: Citation): JsonObject | null {
  switch (source.kind) {
    case 'url':
      return { web: compact({ uri: source.url, title: source.title }) };
    case 'document':
      return { retrievedContext: compact({ uri: source.id, title: source.title ?? source.id ?? '', text: passage }) };
    case 'file':
      return { retrievedContext: compact({ uri: source.id, title: source.name ?? source.id, text: passage }) };
    case 'tool':
      return null;
  }
}

import { type Document, isMap, isScalar, isSeq, type Node, type Pair, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import type { FixEdit } from '#core';
import { appendTexts, removeItem, type Splice, setField } from '../keys/splice-yaml.ts';

/** The splice that carries out an edit on the text it was found in; null where the text is written in a way no splice can be sure of. Pure. */
export function spliceOf(text: string, documents: readonly Document[], edit: FixEdit): Splice | null {
  const { start, end } = edit.at;
  switch (edit.kind) {
    case 'replace':
      return { start, end, text: edit.text };
    case 'wrap':
      return { start, end, text: `${edit.before}${text.slice(start, end)}${edit.after}` };
    case 'set': {
      const map = mapWithKeyAt(documents, start);
      return map === null ? null : setField(text, map, edit.key, edit.text);
    }
    case 'append': {
      const list = valueOfKeyAt(documents, start);
      return isSeq(list) && list.items.length > 0 ? appendTexts(text, list, edit.items) : null;
    }
    case 'remove':
      return edit.what === 'document' ? removeDocument(text, documents, start) : removeItemAt(text, documents, start);
  }
}

function mapWithKeyAt(documents: readonly Document[], offset: number): YAMLMap | null {
  return findPair(documents, offset)?.map ?? null;
}

function valueOfKeyAt(documents: readonly Document[], offset: number): unknown {
  return findPair(documents, offset)?.pair.value;
}

function findPair(
  documents: readonly Document[],
  offset: number,
): { readonly map: YAMLMap; readonly pair: Pair } | null {
  let found: { readonly map: YAMLMap; readonly pair: Pair } | null = null;
  for (const document of documents) {
    visit(document, {
      Map(_, map) {
        for (const pair of map.items) {
          if (isScalar(pair.key) && pair.key.range?.[0] === offset) found = { map, pair };
        }
      },
    });
  }
  return found;
}

function removeItemAt(text: string, documents: readonly Document[], offset: number): Splice | null {
  let found: Splice | null = null;
  for (const document of documents) {
    visit(document, {
      Seq(_, list: YAMLSeq) {
        const index = list.items.findIndex((item) => (item as Node | null)?.range?.[0] === offset);
        if (index >= 0) found = removeItem(text, list, index);
      },
    });
  }
  return found;
}

/** A document goes with the marker that divides it from its neighbour; the only one of a file stays, since what remained would be no policy file. */
function removeDocument(text: string, documents: readonly Document[], offset: number): Splice | null {
  const starts = documents.map((document, index) => (index === 0 ? 0 : markerBefore(text, startOf(document))));
  const index = documents.findLastIndex((_, at) => (starts[at] ?? -1) >= 0 && (starts[at] ?? 0) <= offset);
  const start = starts[index];
  if (documents.length < 2 || start === undefined || starts.includes(-1)) return null;
  if (!isMap(documents[index]?.contents)) return null;
  const next = starts[index + 1];
  if (index > 0) return { start, end: next ?? text.length, text: '' };
  // The marker behind the first one goes with it.
  const end = text.indexOf('\n', next) + 1;
  return next === undefined || end === 0 ? null : { start, end, text: '' };
}

function startOf({ contents }: Document): number {
  return (contents as Node | null)?.range?.[0] ?? 0;
}

/** The beginning of the last line `---` before an offset; -1 for none. */
function markerBefore(text: string, offset: number): number {
  const at = text.lastIndexOf('\n---', offset);
  return at < 0 ? -1 : at + 1;
}

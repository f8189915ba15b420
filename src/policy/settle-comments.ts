import type { CST } from 'yaml';

type Start = CST.SourceToken[];
type BlockCollection = CST.BlockMap | CST.BlockSequence;
type Item = BlockCollection['items'][number];

/**
 * Gives comment lines below a nested collection to what follows them, going by their indentation: the parser leaves all of them inside when the first is
 * indented deeper. Without this, sorting keys would part a comment from its key. Changes the token handed in, which is a document's.
 */
export function settleComments(token: CST.Token): void {
  if (token.type !== 'document' || !isBlock(token.value)) return;
  const rest = settle(token.value, -1);
  if (rest.length > 0) token.end = [...rest, ...(token.end ?? [])];
}

/** Settles a collection; returns the comment lines at its end that belong to what surrounds it. */
function settle(collection: BlockCollection, outerIndent: number): Start {
  for (let index = 0; index < collection.items.length; index++) {
    const { value } = collection.items[index] as Item;
    if (!isBlock(value)) continue;
    const rest = settle(value, collection.indent);
    if (rest.length === 0) continue;
    const next = collection.items[index + 1];
    if (next) next.start = [...rest, ...next.start];
    else (collection.items as { start: Start }[]).push({ start: rest });
  }
  const last = collection.items.at(-1) as Item;
  if (last.value !== undefined || last.sep || last.key) return [];
  const cut = findCut(last.start, Math.max(outerIndent, 0));
  if (cut === last.start.length || (outerIndent < 0 && collection.indent === 0)) return [];
  const rest = last.start.splice(cut);
  if (last.start.length === 0) collection.items.pop();
  return rest;
}

/** Where the trailing comment lines begin that stand no deeper than the surrounding collection. */
function findCut(start: Start, outerIndent: number): number {
  let cut = start.length;
  for (let index = start.length - 1; index >= 0; index--) {
    const token = start[index] as CST.SourceToken;
    if (token.type === 'comment') {
      if (token.indent > outerIndent) return cut;
      cut = index;
    } else if (token.type !== 'space' && token.type !== 'newline') return cut;
  }
  return cut;
}

function isBlock(token: unknown): token is BlockCollection {
  const type = (token as CST.Token | null | undefined)?.type;
  return type === 'block-map' || type === 'block-seq';
}

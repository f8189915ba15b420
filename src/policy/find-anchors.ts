import { type CST, Parser } from 'yaml';
import type { Span } from '#core';
import { createPositions } from './positions.ts';

/** What an anchor or alias begins with where a value can stand; most files have none, and are not read again. */
const MAYBE = /(?:^|[\s,:[{-])[&*][^\s,\]}]/m;

/** Where a file has anchors and aliases of YAML, in order. Pure. */
export function findAnchors(file: string, text: string): readonly Span[] {
  if (!MAYBE.test(text)) return [];
  const positions = createPositions(file, text);
  const found: Span[] = [];
  for (const token of new Parser().parse(text)) collect(token, found, positions.span);
  return found.sort((a, b) => a.start - b.start);
}

/** Walks without calling itself: nesting beyond what a document may have is a finding of another pass, and no reason to fail here. */
function collect(root: unknown, found: Span[], spanOf: (start: number, end: number) => Span): void {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value !== 'object' || value === null) continue;
    const token = value as Partial<CST.Token> & { readonly source?: string };
    if ((token.type === 'anchor' || token.type === 'alias') && token.offset !== undefined) {
      found.push(spanOf(token.offset, token.offset + (token.source?.length ?? 1)));
    }
    for (const item of Object.values(value)) if (typeof item === 'object') waiting.push(item);
  }
}

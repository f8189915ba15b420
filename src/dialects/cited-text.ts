import type { Citation } from '#core';

/** A stretch of a text with all that it rests on. */
export interface CitedSegment {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/** Characters of a text as providers count them: Unicode code points. Pure. */
export function characterCount(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code <= 0xdbff && at + 1 < text.length) {
      count--;
      at++;
    }
  }
  return count;
}

/** Where cited words begin and end in a text of that many characters: all of it, where the citation says no range or one outside it. Pure. */
export function rangeOf(citation: Citation, length: number): { readonly start: number; readonly end: number } {
  const { start, end } = citation;
  const isInside = start !== undefined && end !== undefined && start >= 0 && start < end && end <= length;
  return isInside ? { start, end } : { start: 0, end: length };
}

/**
 * Cuts a text where cited words begin and end, for dialects that tie a citation to a block of text. Joined, the segments
 * are the text; one of white space alone belongs to the one before it, since such blocks are refused when they come back. Pure.
 */
export function citedSegments(text: string, citations: readonly Citation[]): readonly CitedSegment[] {
  if (citations.length === 0) return [{ text, citations }];
  const characters = [...text];
  const ranges = citations.map((citation) => ({ citation, ...rangeOf(citation, characters.length) }));
  const cuts = [...new Set([0, characters.length, ...ranges.flatMap(({ start, end }) => [start, end])])].sort(
    (a, b) => a - b,
  );
  const segments: { text: string; citations: readonly Citation[] }[] = [];
  for (const [at, from] of cuts.slice(0, -1).entries()) {
    const to = cuts[at + 1] ?? characters.length;
    const piece = characters.slice(from, to).join('');
    const cited = ranges.filter(({ start, end }) => start <= from && end >= to).map(({ citation }) => citation);
    const last = segments.at(-1);
    if (last !== undefined && piece.trim() === '') last.text += piece;
    else segments.push({ text: piece, citations: cited });
  }
  return segments;
}
